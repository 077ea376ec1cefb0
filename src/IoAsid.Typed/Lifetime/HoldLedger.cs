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

    // Odd: the ticket of the innermost hold, which is open. Even: the innermost hold is closed, and the next ticket is one more. Only grows, so no ticket is used twice.
    private ulong _latest;

    // The other open tickets, in ascending order.
    private ulong[] _outer = new ulong[16];
    private int _outerCount;
    private Dictionary<ulong, IoAsidHolder>? _holders;

    public static HoldLedger Current => t_current ?? Start();

    /// <summary>The ledger of this thread; null before its first hold.</summary>
    public static HoldLedger? CurrentOrNull => t_current;

    /// <summary>Gets a value indicating whether there is room for one more ticket.</summary>
    public bool HasRoom => !IsLatestOpen || _outerCount < _outer.Length;

    private bool IsLatestOpen => (_latest & 1) != 0;

    /// <summary>Returns true if a ticket is that of the innermost hold, which is open.</summary>
    public bool IsLatest(ulong ticket) => _latest == ticket;

    /// <summary>Closes the ticket of the innermost hold, which is open.</summary>
    public void CloseLatest(ulong ticket) => _latest = ticket + 1;

    /// <summary>Makes room for one more ticket.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnsureRoom()
    {
        if (!HasRoom)
            Grow();
    }

    /// <summary>Opens a ticket, for which there is room.</summary>
    /// <returns>The ticket: a number that the thread uses once.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Open()
    {
        if (IsLatestOpen)
            KeepOuter();

        return _latest |= 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOpen(ulong ticket) => IsLatest(ticket) || IndexOfOuter(ticket) >= 0;

    /// <returns>True if this call closed the ticket; false if it was closed before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClose(ulong ticket)
    {
        if (!IsLatest(ticket))
            return TryCloseOuter(ticket);

        CloseLatest(ticket);
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

    /// <summary>Makes the innermost hold an outer one, before another hold is opened in its scope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepOuter() => _outer[_outerCount++] = _latest++;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryCloseOuter(ulong ticket)
    {
        // Holds usually end in the reverse order of their beginning.
        int index = _outerCount > 0 && _outer[_outerCount - 1] == ticket ? _outerCount - 1 : IndexOfOuter(ticket);
        if (index < 0)
            return false;

        _outerCount--;
        Array.Copy(_outer, index + 1, _outer, index, _outerCount - index);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int IndexOfOuter(ulong ticket) => Array.BinarySearch(_outer, 0, _outerCount, ticket);

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
        Array.Resize(ref _outer, _outer.Length * 2);
    }
}
