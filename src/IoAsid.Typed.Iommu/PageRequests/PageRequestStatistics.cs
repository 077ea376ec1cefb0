namespace IoAsid.Typed.Iommu;

/// <summary>The counts of the page request handler.</summary>
/// <param name="Requests">The number of requests that were read from rings.</param>
/// <param name="Groups">The number of complete groups.</param>
/// <param name="Responses">The number of groups with a response from software.</param>
/// <param name="Refused">The number of these groups whose response was not Success.</param>
/// <param name="TooLate">The number of responses that were dropped because the group had a response before.</param>
/// <param name="TimedOut">The number of groups without a response at their deadline.</param>
/// <param name="StopMarkers">The number of stop markers, which get no response.</param>
public sealed record PageRequestStatistics(
    long Requests, long Groups, long Responses, long Refused, long TooLate, long TimedOut, long StopMarkers);
