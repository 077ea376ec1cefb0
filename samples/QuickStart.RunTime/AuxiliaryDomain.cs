namespace QuickStart.RunTime;

/// <summary>What is behind a PASID of an auxiliary domain: a structure that only the IOMMU driver understands.</summary>
public sealed class AuxiliaryDomain
{
    public override string ToString() => "the IOMMU driver's own structure";
}
