namespace IoAsid.Typed.Iommu;

/// <summary>What areas that were one area have in common. Compared by reference.</summary>
internal sealed class Mapping(IPageSource? source, bool hasLargePages)
{
    public IPageSource? Source => source;

    public bool HasLargePages => hasLargePages;
}
