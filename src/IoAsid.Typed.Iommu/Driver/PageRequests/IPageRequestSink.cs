using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The receiver of the page requests of a unit.</summary>
internal interface IPageRequestSink
{
    /// <summary>Receives a request from the ring.</summary>
    void Receive(in PageRequestDescriptor request);

    /// <summary>Discards incomplete groups, because requests were lost.</summary>
    void DiscardIncomplete();
}
