namespace IoAsid.Typed;

/// <summary>
/// A custom source of a space's numbers, such as a guest's driver that asks the hypervisor through VT-d's virtual command interface. The space
/// keeps track of the numbers, too.
/// </summary>
/// <remarks>
/// Calls from one space are serialised per <see cref="NumberSpace"/> and never made under the space's lock, so they may block. They must not call the space
/// they serve. A call may throw, and the space reports the exception through <see cref="IoAsidSpace.Faulted"/>. An
/// <see cref="Allocate"/> that throws changes nothing. A number whose <see cref="Free"/> throws is not used again.
/// </remarks>
public abstract class IoAsidNumberAllocator
{
    /// <summary>The identity of the number space, compared by reference. Allocators with the same object share one number space and replace each other.</summary>
    public abstract object NumberSpace { get; }

    /// <summary>Creates an allocator from two functions.</summary>
    /// <param name="allocate">Returns a number in [min, max], or null if no number is free.</param>
    /// <param name="free">Takes a number back.</param>
    /// <param name="numberSpace">The number space, to share with others; a new one if null.</param>
    public static IoAsidNumberAllocator Create(Func<uint, uint, uint?> allocate, Action<uint> free, object? numberSpace = null)
    {
        ArgumentNullException.ThrowIfNull(allocate);
        ArgumentNullException.ThrowIfNull(free);
        return new FromFunctions(allocate, free, numberSpace ?? new object());
    }

    /// <summary>Returns a number that is not in use.</summary>
    /// <param name="min">The lowest acceptable number.</param>
    /// <param name="max">The highest acceptable number, at least <paramref name="min"/>.</param>
    /// <returns>The number; null if no number of the range is free.</returns>
    public abstract uint? Allocate(uint min, uint max);

    /// <summary>Takes back a number that <see cref="Allocate"/> returned. Called once for each number, after its last reference is gone.</summary>
    /// <param name="number">The number.</param>
    public abstract void Free(uint number);

    private sealed class FromFunctions(Func<uint, uint, uint?> allocate, Action<uint> free, object numberSpace) : IoAsidNumberAllocator
    {
        public override object NumberSpace => numberSpace;

        public override uint? Allocate(uint min, uint max) => allocate(min, max);

        public override void Free(uint number) => free(number);
    }
}
