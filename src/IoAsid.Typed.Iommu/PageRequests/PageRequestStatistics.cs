namespace IoAsid.Typed.Iommu;

/// <summary>What the page request handler has counted.</summary>
/// <param name="Requests">Requests taken out of rings.</param>
/// <param name="Groups">Groups that were whole.</param>
/// <param name="Answered">Groups that were answered by software.</param>
/// <param name="Refused">Of these, those answered with something else than success.</param>
/// <param name="TooLate">Answers that came after another one, and were dropped.</param>
/// <param name="TimedOut">Groups that the clock answered.</param>
/// <param name="StopMarkers">Stop markers, which get no answer.</param>
public sealed record PageRequestStatistics(
    long Requests, long Groups, long Answered, long Refused, long TooLate, long TimedOut, long StopMarkers);
