namespace IoAsid.Typed.Iommu;

/// <summary>What is done to every leaf in a range.</summary>
internal abstract class LeafChange
{
    /// <summary>What a leaf becomes; zero takes it out of its table.</summary>
    public abstract ulong Of(ulong leaf);
}

/// <summary>Gives leaves other rights.</summary>
internal sealed class RightsChange<TFormat>(TFormat format, MemoryRights rights) : LeafChange
    where TFormat : struct, IPagingFormat
{
    public override ulong Of(ulong leaf) => format.WithRights(leaf, rights);
}
