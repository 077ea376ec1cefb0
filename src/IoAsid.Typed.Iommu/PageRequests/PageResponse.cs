using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The response to a group of page requests.</summary>
public enum PageResponse
{
    /// <summary>The pages are present. The device may try the access again.</summary>
    Success = PageRequestResponseCode.Success,

    /// <summary>A page is not present or does not allow the access. The device must not try again.</summary>
    InvalidRequest = PageRequestResponseCode.InvalidRequest,

    /// <summary>The device must send no more page requests.</summary>
    ResponseFailure = PageRequestResponseCode.ResponseFailure,
}
