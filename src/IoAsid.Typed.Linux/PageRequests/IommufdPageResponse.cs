namespace IoAsid.Typed.Linux;

/// <summary>A response to a page request (<c>enum iommufd_page_response_code</c>).</summary>
public enum IommufdPageResponse
{
    /// <summary>The pages are mapped. The device tries the access again.</summary>
    Success = 0,

    /// <summary>The access is not allowed. The device does not try it again.</summary>
    Invalid = 1,
}
