using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed;

/// <summary>No id was available. Nothing changed.</summary>
public sealed class IoAsidAllocationException : InvalidOperationException
{
    internal IoAsidAllocationException(IoAsidAllocationFailure failure, IoAsidSet set, uint min, uint max, Exception? cause)
        : base(Describe(failure, set, min, max), cause)
    {
        Failure = failure;
        Set = set;
        Min = min;
        Max = max;
    }

    /// <summary>The reason.</summary>
    public IoAsidAllocationFailure Failure { get; }

    /// <summary>The set that was to allocate the id.</summary>
    public IoAsidSet Set { get; }

    /// <summary>The lowest number of the requested range.</summary>
    public uint Min { get; }

    /// <summary>The highest number of the requested range.</summary>
    public uint Max { get; }

    [DoesNotReturn]
    internal static void Throw(IoAsidAllocationFailure failure, IoAsidSet set, uint min, uint max, Exception? cause) =>
        throw new IoAsidAllocationException(failure, set, min, max, cause);

    private static string Describe(IoAsidAllocationFailure failure, IoAsidSet set, uint min, uint max) => $"No id for the set '{set}': " + failure switch
    {
        IoAsidAllocationFailure.SetClosed => "it is closed. Allocate from an open set.",
        IoAsidAllocationFailure.QuotaExhausted => $"its quota of {set.NearestQuota} is used up{(set.Budget.Lost > 0 ? $", {set.Budget.Lost} of it by numbers that went out of use" : "")}. Free ids, or make the set with a larger quota.",
        IoAsidAllocationFailure.CapacityExhausted =>
            $"all {set.Space.Pool.Capacity.Limit} numbers of the space '{set.Space.Name}' are allocated or granted to quotas and reservations. Free some.",
        IoAsidAllocationFailure.RangeExhausted => $"every number in [{min}, {max}] is in use. Ask for a wider range.",
        IoAsidAllocationFailure.AllocatorRefused => $"the custom allocator has none in [{min}, {max}].",
        _ => "the custom allocator threw or gave a number that cannot be used; IoAsidSpace.Faulted reports which.",
    };
}
