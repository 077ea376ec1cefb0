using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>Takes the page requests of a unit.</summary>
internal interface IPageRequestSink
{
    /// <summary>Takes a request out of the ring.</summary>
    void Receive(PageRequestDescriptor request);

    /// <summary>Discards the groups that are not complete, because requests were lost.</summary>
    void DiscardIncomplete();
}
