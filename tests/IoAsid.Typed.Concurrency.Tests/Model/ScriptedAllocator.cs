namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>
/// A custom allocator that returns its highest free number. At fixed steps it refuses, throws, or returns an invalid number. The model calls a copy, which
/// goes through the same steps.
/// </summary>
internal sealed class ScriptedAllocator(uint highest) : IoAsidNumberAllocator
{
    private readonly HashSet<uint> _given = [];
    private int _allocations;
    private int _frees;

    public override object NumberSpace { get; } = new();

    public override uint? Allocate(uint min, uint max)
    {
        _allocations++;
        uint? number = _allocations % 5 == 0 ? null
            : _allocations % 7 == 0 ? throw new IOException("The hypervisor does not answer.")
            : _allocations % 6 == 0 ? highest + 1
            : _allocations % 11 == 0 ? min
            : Highest(min, max);
        return number is { } given && (_given.Add(given) || true) ? given : null;
    }

    public override void Free(uint number)
    {
        if (++_frees % 4 == 0)
            throw new IOException("The hypervisor does not take the number back.");

        _given.Remove(number);
    }

    private uint? Highest(uint min, uint max)
    {
        for (long number = max; number >= min; number--)
        {
            if (number != 0 && !_given.Contains((uint)number))
                return (uint)number;
        }

        return null;
    }
}
