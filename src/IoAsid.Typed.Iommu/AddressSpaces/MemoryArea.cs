namespace IoAsid.Typed.Iommu;

/// <summary>
/// An area of a process: addresses with the same rights and the same contents behind them (vm_area_struct). It never changes: an unmapping or a
/// change of protection in a part of it makes other areas out of it.
/// </summary>
public sealed class MemoryArea
{
    internal MemoryArea(AddressRange range, MemoryRights rights, Mapping mapping)
    {
        Range = range;
        Rights = rights;
        Mapping = mapping;
    }

    /// <summary>Its addresses.</summary>
    public AddressRange Range { get; }

    /// <summary>
    /// What may be done in it. What may be written or executed may be read too: the processor's tables cannot say otherwise.
    /// </summary>
    public MemoryRights Rights { get; }

    /// <summary>Where its pages come from; null for zeros.</summary>
    public IPageSource? Source => Mapping.Source;

    /// <summary>Whether 2 MiB at a time come in where they fit.</summary>
    public bool HasLargePages => Mapping.HasLargePages;

    /// <summary>The call of Map it comes from. Addresses that are mapped again have another one.</summary>
    internal Mapping Mapping { get; }

    internal MemoryArea With(AddressRange range) => new(range, Rights, Mapping);

    internal MemoryArea With(MemoryRights rights) => new(Range, rights, Mapping);

    /// <inheritdoc/>
    public override string ToString() => $"{Range} {Rights}";
}
