using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <summary>The options of a space. Read once, at its creation.</summary>
public sealed class IoAsidSpaceOptions
{
    /// <summary>The capacity for 20-bit PASIDs: 2²⁰ numbers.</summary>
    public const long PasidCapacity = 1L << 20;

    /// <summary>The highest capacity: all 32-bit numbers.</summary>
    public const long MaxCapacity = 1L << 32;

    /// <summary>The name of the space in metrics, events and error messages.</summary>
    public string Name { get; init; } = "ioasid";

    /// <summary>The count of numbers, which are 0 to <c>Capacity - 1</c>. From 1 to 2³²; 2²⁰, the PASIDs of PCIe, by default.</summary>
    public long Capacity { get; init; } = PasidCapacity;

    /// <summary>The numbers that are never allocated and do not count as capacity. Numbers outside the space are ignored. 0 by default, which requests without PASID use.</summary>
    public IReadOnlyCollection<uint> ReservedNumbers { get; init; } = [0];

    /// <summary>The policy that chooses among free numbers.</summary>
    public IoAsidReusePolicy ReusePolicy { get; init; }

    /// <summary>
    /// Gets a value indicating whether the space records the taker of each hold, reference and binding, for <see cref="IoAsidSpace.DescribePending"/>. Each costs an
    /// allocation and a stack trace: to find leaks, not for production.
    /// </summary>
    public bool TrackHolders { get; init; }

    /// <summary>The generation of every number's first life. Tests start near the last one.</summary>
    internal uint StartGeneration { get; init; }

    /// <summary>The room for ids that a set needs to take one number in advance, in a space with relaxed order. Sets that are nearly full take none, so that they do not take it from each other.</summary>
    internal int RoomPerStockedNumber { get; init; } = 16;

    /// <summary>The limits of the space's tables.</summary>
    internal PagePolicy Pages { get; init; } = PagePolicy.Default;

    internal void Validate()
    {
        Require(!string.IsNullOrEmpty(Name), nameof(Name), Name, "A space has a name.");
        Require(ReservedNumbers is not null, nameof(ReservedNumbers), ReservedNumbers, "Without reserved numbers, give an empty collection.");
        Require(Capacity is >= 1 and <= MaxCapacity, nameof(Capacity), Capacity, $"A space has 1 to {MaxCapacity} numbers.");
        Require(Enum.IsDefined(ReusePolicy), nameof(ReusePolicy), ReusePolicy, "The reuse policy is Lowest, Cyclic or Relaxed.");
    }

    private static void Require(bool holds, string option, object? value, string rule)
    {
        if (!holds)
        {
#pragma warning disable MA0015 // The property is what the caller can change.
            throw new ArgumentOutOfRangeException(option, value, rule);
#pragma warning restore MA0015
        }
    }
}
