namespace QuickStart.RunTime;

/// <summary>The data of a PASID of an auxiliary domain: a structure private to the IOMMU driver.</summary>
public sealed class AuxiliaryDomain
{
    public override string ToString() => "the IOMMU driver's own structure";
}
