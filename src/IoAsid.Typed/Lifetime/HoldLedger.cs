using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Lifetime;

/// <summary>
/// The scoped holds that are open on this thread. A hold is a struct and can be copied. Its ticket can be closed once, so the disposal of a second copy
/// releases nothing. A <c>ref struct</c> never leaves its thread, and so its ticket does not either.
/// </summary>
internal sealed class HoldLedger
{
    [ThreadStatic]
    private static HoldLedger? t_current;

    private ulong[] _open = new ulong[16];
    private Dictionary<ulong, IoAsidHolder>? _holders;
    private int _depth;
    private ulong _last;

    public static HoldLedger Current => t_current ?? Start();

    /// <summary>Makes room for one more ticket.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnsureRoom()
    {
        if (_depth == _open.Length)
            Grow();
    }

    /// <summary>Opens a ticket, for which there is room.</summary>
    /// <param name="slot">The place of the ticket.</param>
    /// <returns>The ticket: a number that the thread uses once.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Open(out int slot)
    {
        slot = _depth;
        ulong ticket = ++_last;
        _open[slot] = ticket;
        _depth = slot + 1;
        return ticket;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOpen(int slot, ulong ticket)
    {
        ulong[] open = _open;
        return (uint)slot < (uint)open.Length && open[slot] == ticket;
    }

    /// <returns>True if this call closed the ticket; false if it was closed before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClose(int slot, ulong ticket)
    {
        ulong[] open = _open;
        if ((uint)slot >= (uint)open.Length || open[slot] != ticket)
            return false;

        open[slot] = 0;
        if (slot + 1 == _depth)
            RemoveClosed();

        return true;
    }

    /// <summary>Makes room for one more tracked holder.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void EnsureRoomForHolder()
    {
        FaultPoint.Allocation();
        _holders ??= [];
        _holders.EnsureCapacity(_holders.Count + 1);
    }

    /// <summary>Records the holder of a ticket, for which there is room.</summary>
    public void Track(ulong ticket, IoAsidHolder holder) => _holders![ticket] = holder;

    public IoAsidHolder? Untrack(ulong ticket)
    {
        IoAsidHolder? holder = null;
        _holders?.Remove(ticket, out holder);
        return holder;
    }

    /// <summary>Removes the last slot, and with it those before it that were closed out of order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RemoveClosed()
    {
        int depth = _depth - 1;
        while (depth > 0 && _open[depth - 1] == 0)
            depth--;

        _depth = depth;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static HoldLedger Start()
    {
        FaultPoint.Allocation();
        return t_current = new HoldLedger();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        FaultPoint.Allocation();
        Array.Resize(ref _open, _open.Length * 2);
    }
}
