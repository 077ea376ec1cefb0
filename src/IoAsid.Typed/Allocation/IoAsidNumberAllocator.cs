namespace IoAsid.Typed;

/// <summary>
/// Decides the numbers of a space from outside, such as a guest that asks its hypervisor through VT-d's virtual command interface. The space
/// keeps track of them all the same.
/// </summary>
/// <remarks>
/// Calls from one space are serialised per <see cref="NumberSpace"/> and never made under the space's lock, so they may block. They must not call the space
/// they serve. Throwing is allowed: the space reports it through <see cref="IoAsidSpace.Faulted"/> and stays as it was.
/// </remarks>
public abstract class IoAsidNumberAllocator
{
    /// <summary>Tells which numbers these are: allocators with the same object (by reference) share one space of numbers and stand in for each other.</summary>
    public abstract object NumberSpace { get; }

    /// <summary>An allocator made of two functions, with a number space of its own.</summary>
    /// <param name="allocate">Gives a number in [min, max], or null if it has none.</param>
    /// <param name="free">Takes a number back.</param>
    /// <param name="numberSpace">The number space, to share with others; a new one if null.</param>
    public static IoAsidNumberAllocator Create(Func<uint, uint, uint?> allocate, Action<uint> free, object? numberSpace = null)
    {
        ArgumentNullException.ThrowIfNull(allocate);
        ArgumentNullException.ThrowIfNull(free);
        return new FromFunctions(allocate, free, numberSpace ?? new object());
    }

    /// <summary>Gives a number that is not in use.</summary>
    /// <param name="min">The lowest that will do.</param>
    /// <param name="max">The highest that will do, at least <paramref name="min"/>.</param>
    /// <returns>The number, or null if there is none.</returns>
    public abstract uint? Allocate(uint min, uint max);

    /// <summary>Takes back a number that <see cref="Allocate"/> gave. Called once for each, when nothing refers to the number any more.</summary>
    /// <param name="number">The number.</param>
    public abstract void Free(uint number);

    private sealed class FromFunctions(Func<uint, uint, uint?> allocate, Action<uint> free, object numberSpace) : IoAsidNumberAllocator
    {
        public override object NumberSpace => numberSpace;

        public override uint? Allocate(uint min, uint max) => allocate(min, max);

        public override void Free(uint number) => free(number);
    }
}
