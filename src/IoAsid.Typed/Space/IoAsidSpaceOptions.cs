namespace IoAsid.Typed;

/// <summary>How a space is laid out. Read once, when the space is made.</summary>
public sealed class IoAsidSpaceOptions
{
    /// <summary>The numbers of a 20-bit PASID: 2²⁰.</summary>
    public const long PasidCapacity = 1L << 20;

    /// <summary>The most a space can have: every 32-bit number.</summary>
    public const long MaxCapacity = 1L << 32;

    /// <summary>Names the space in metrics, events and error messages.</summary>
    public string Name { get; init; } = "ioasid";

    /// <summary>How many numbers the space has: 0 to <c>Capacity - 1</c>. From 1 to 2³²; 2²⁰, the PASIDs of PCIe, by default.</summary>
    public long Capacity { get; init; } = PasidCapacity;

    /// <summary>Numbers that are never allocated and never count as capacity; those outside the space are ignored. 0 by default: requests without PASID use it.</summary>
    public IReadOnlyCollection<uint> ReservedNumbers { get; init; } = [0];

    /// <summary>Which free number an allocation takes.</summary>
    public IoAsidReusePolicy ReusePolicy { get; init; }

    /// <summary>
    /// Records who takes each hold, reference and binding, for <see cref="IoAsidSpace.DescribePending"/>. Costs an allocation and a stack trace each:
    /// for finding leaks, not for production.
    /// </summary>
    public bool TrackHolders { get; init; }

    /// <summary>The generation of every number's first life, so that tests need not live through four billion.</summary>
    internal uint StartGeneration { get; init; }

    internal void Validate()
    {
        Require(!string.IsNullOrEmpty(Name), nameof(Name), Name, "A space has a name.");
        Require(ReservedNumbers is not null, nameof(ReservedNumbers), ReservedNumbers, "Without reserved numbers, give an empty collection.");
        Require(Capacity is >= 1 and <= MaxCapacity, nameof(Capacity), Capacity, $"A space has 1 to {MaxCapacity} numbers.");
        Require(Enum.IsDefined(ReusePolicy), nameof(ReusePolicy), ReusePolicy, "The reuse policy is Lowest or Cyclic.");
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
