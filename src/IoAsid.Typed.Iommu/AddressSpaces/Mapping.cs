namespace IoAsid.Typed.Iommu;

/// <summary>The common attributes of areas that were mapped by one call. Two mappings are compared by reference.</summary>
internal sealed class Mapping(IPageSource? source, bool hasLargePages)
{
    public IPageSource? Source => source;

    public bool HasLargePages => hasLargePages;
}
