namespace IoAsid.Typed.Vtd;

/// <summary>RC of a page group response: the answer to a group. Every other value counts as a failure.</summary>
public enum PageRequestResponseCode
{
    /// <summary>The pages are there: ask again for translations.</summary>
    Success = 0,

    /// <summary>A page is not there or not allowed.</summary>
    InvalidRequest = 1,

    /// <summary>The device is to disable its page requests.</summary>
    ResponseFailure = 15,
}
