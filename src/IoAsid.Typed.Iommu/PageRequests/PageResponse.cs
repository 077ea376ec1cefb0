using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The answer to a group of page requests.</summary>
public enum PageResponse
{
    /// <summary>The pages are there: try again.</summary>
    Success = PageRequestResponseCode.Success,

    /// <summary>A page is not there or not allowed: do not try again.</summary>
    InvalidRequest = PageRequestResponseCode.InvalidRequest,

    /// <summary>The device is to stop asking at all.</summary>
    ResponseFailure = PageRequestResponseCode.ResponseFailure,
}
