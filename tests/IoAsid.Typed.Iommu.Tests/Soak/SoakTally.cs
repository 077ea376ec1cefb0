using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The counts of runs. A soak with low counts proves nothing.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SoakTally(
    long Binds, long Refusals, long PageRequests, long TooLate, long Overflows, long Timeouts, long Forwarded, long FailedStops)
{
    public static SoakTally operator +(SoakTally left, SoakTally right) => new(
        left.Binds + right.Binds,
        left.Refusals + right.Refusals,
        left.PageRequests + right.PageRequests,
        left.TooLate + right.TooLate,
        left.Overflows + right.Overflows,
        left.Timeouts + right.Timeouts,
        left.Forwarded + right.Forwarded,
        left.FailedStops + right.FailedStops);
}
