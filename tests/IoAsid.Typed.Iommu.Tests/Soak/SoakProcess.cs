namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A process of the soak, and what it is bound to.</summary>
internal sealed class SoakProcess(TestProcess process)
{
    public TestProcess Process { get; } = process;

    public List<(SvaBond Bond, int Device)> Bonds { get; } = [];
}
