using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Lifetime;

/// <summary>
/// The scoped holds that are open on this thread. A hold is a struct and can be copied; its ticket can be closed once, so that a copy which is
/// disposed again releases nothing. A <c>ref struct</c> never leaves its thread, so neither does its ticket.
/// </summary>
internal sealed class HoldLedger
{
    private const int SlotBits = 16;
    private const ulong SlotMask = (1UL << SlotBits) - 1;

    [ThreadStatic]
    private static HoldLedger? t_current;

    private ulong[] _open = new ulong[16];
    private Dictionary<ulong, IoAsidHolder>? _holders;
    private int _depth;
    private ulong _last;

    public static HoldLedger Current => t_current ?? Start();

    /// <summary>Makes room for one more ticket.</summary>
    /// <exception cref="InvalidOperationException">The thread has as many as it can have.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnsureRoom()
    {
        if (_depth == _open.Length)
        {
            Grow();
        }
    }

    /// <summary>Opens a ticket, for which there is room: a running number, and in the low bits its slot.</summary>
    public ulong Open()
    {
        int slot = _depth;
        ulong ticket = (_last += 1UL << SlotBits) | (uint)slot;
        _open[slot] = ticket;
        _depth = slot + 1;
        return ticket;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOpen(ulong ticket)
    {
        ulong[] open = _open;
        uint slot = (uint)(ticket & SlotMask);
        return slot < (uint)open.Length && open[slot] == ticket;
    }

    /// <returns>False if the ticket was closed already.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClose(ulong ticket)
    {
        ulong[] open = _open;
        uint slot = (uint)(ticket & SlotMask);
        if (slot >= (uint)open.Length || open[slot] != ticket)
        {
            return false;
        }

        open[slot] = 0;
        if (slot + 1 == (uint)_depth)
        {
            DropClosed();
        }

        return true;
    }

    public void Track(ulong ticket, IoAsidHolder holder) => (_holders ??= [])[ticket] = holder;

    public IoAsidHolder? Untrack(ulong ticket)
    {
        IoAsidHolder? holder = null;
        _holders?.Remove(ticket, out holder);
        return holder;
    }

    /// <summary>Frees the last slot, and with it those before it that were closed out of order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void DropClosed()
    {
        int depth = _depth - 1;
        while (depth > 0 && _open[depth - 1] == 0)
        {
            depth--;
        }

        _depth = depth;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static HoldLedger Start() => t_current = new HoldLedger();

    private void Grow()
    {
        if (_open.Length > (int)SlotMask)
        {
            throw new InvalidOperationException($"This thread has {_open.Length:N0} scoped holds open, the most it can have; dispose them as their scopes end.");
        }

        Array.Resize(ref _open, _open.Length * 2);
    }
}
