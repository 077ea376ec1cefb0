namespace IoAsid.Typed.Iommu;

/// <summary>
/// An area of a process: addresses with the same rights and the same source (vm_area_struct). It is immutable. An unmapping or a change of rights replaces an
/// area by other areas.
/// </summary>
public sealed class MemoryArea
{
    internal MemoryArea(AddressRange range, MemoryRights rights, Mapping mapping)
    {
        Range = range;
        Rights = rights;
        Mapping = mapping;
    }

    /// <summary>The addresses of the area.</summary>
    public AddressRange Range { get; }

    /// <summary>The rights in the area. Write and execute include read, because entries of the processor's tables always allow reads.</summary>
    public MemoryRights Rights { get; }

    /// <summary>The source of the pages. Null means pages of zeros.</summary>
    public IPageSource? Source => Mapping.Source;

    /// <summary>Gets a value indicating whether pages of 2 MiB are used where they fit.</summary>
    public bool HasLargePages => Mapping.HasLargePages;

    /// <summary>The call of <see cref="ProcessAddressSpace.Map"/> that created the area. Addresses that are mapped again have another mapping.</summary>
    internal Mapping Mapping { get; }

    internal MemoryArea With(AddressRange range) => new(range, Rights, Mapping);

    internal MemoryArea With(MemoryRights rights) => new(Range, rights, Mapping);

    /// <inheritdoc/>
    public override string ToString() => $"{Range} {Rights}";
}
