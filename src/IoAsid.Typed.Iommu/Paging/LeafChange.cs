namespace IoAsid.Typed.Iommu;

/// <summary>A change of each leaf in a range.</summary>
internal abstract class LeafChange
{
    /// <summary>Returns the new value of a leaf. A value of 0 removes the leaf from its table.</summary>
    public abstract ulong Apply(ulong leaf);
}

/// <summary>A change of the rights of leaves.</summary>
internal sealed class RightsChange<TFormat>(TFormat format, MemoryRights rights) : LeafChange
    where TFormat : struct, IPagingFormat
{
    public override ulong Apply(ulong leaf) => format.WithRights(leaf, rights);
}
