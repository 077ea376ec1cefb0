namespace IoAsid.Typed.Mutations;

/// <summary>Every step, check, flag and hold of the operating system's side is needed.</summary>
public sealed class IommuGateTests() : MutationGate(s_target)
{
    private static readonly MutationTarget s_target = new("IoAsid.Typed.Iommu", "IoAsid.Typed.Iommu.Tests", "Iommu/killers.tsv");
}
