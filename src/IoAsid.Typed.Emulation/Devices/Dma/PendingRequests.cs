using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The outstanding requests of a function, by tag. A freed tag is reused as late as possible, so that a late completion does not match another request.</summary>
internal sealed class PendingRequests(EmulatedFunction function)
{
    private const int Tags = 256;

    private static readonly Action<object?> AbortRequest = static request => ((PendingRequest)request!).Complete(RequestStatus.Aborted);

    private readonly PendingRequest[] _all = [.. Enumerable.Range(0, Tags).Select(tag => new PendingRequest(tag))];
    private readonly bool[] _isTaken = new bool[Tags];
    private int _next;

    /// <summary>The number of requests that were started.</summary>
    public long Started { get; private set; }

    public PendingRequest Begin(PendingKind kind, PasidPrefix prefix, ulong address, Memory<byte> destination = default)
    {
        PendingRequest request = _all[FreeTag()];
        _isTaken[request.Tag] = true;
        request.IsUnderWay = true;
        request.Number = Started++;
        request.Kind = kind;
        request.Prefix = prefix;
        request.Address = address;
        request.Destination = destination;
        request.IsInvalidated = false;
        return request;
    }

    /// <summary>Frees the tag of a completed request.</summary>
    public void Return(PendingRequest request)
    {
        request.Destination = default;
        _isTaken[request.Tag] = false;
    }

    /// <summary>Tries to find and end the request of a completion.</summary>
    public bool TryEnd(int tag, out PendingRequest request)
    {
        request = _all[tag & Tags - 1];
        if (!request.IsUnderWay)
            return false;
        request.IsUnderWay = false;
        return true;
    }

    /// <summary>Returns true if an outstanding read or AtomicOp, started before a bound, uses a translation that an invalidation covers.</summary>
    public bool AnyUses(in InvalidateRequestMessage message, DeviceTlbRange range, long before)
    {
        foreach (PendingRequest request in _all)
        {
            if (request.Number < before && Is(request, PendingKind.Translated) && IsCovered(request, message, range))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Marks the outstanding translation requests that an invalidation covers, so that their results are not cached.
    /// </summary>
    public void InvalidateTranslations(in InvalidateRequestMessage message, DeviceTlbRange range)
    {
        foreach (PendingRequest request in _all)
        {
            if (Is(request, PendingKind.Translation) && IsCovered(request, message, range))
                request.IsInvalidated = true;
        }
    }

    /// <summary>Marks all outstanding translation requests, so that their results are not cached.</summary>
    public void InvalidateTranslations()
    {
        foreach (PendingRequest request in _all)
            request.IsInvalidated = true;
    }

    /// <summary>Aborts all outstanding requests.</summary>
    public void AbortAll()
    {
        foreach (PendingRequest request in _all)
        {
            if (!request.IsUnderWay)
                continue;
            request.IsUnderWay = false;
            function.Post(AbortRequest, request, "aborted request");
        }
    }

    private static bool Is(PendingRequest request, PendingKind kind) => request.IsUnderWay && request.Kind == kind;

    // The completion of a translation request can be for a large page, so each invalidation of its space covers it. A needless repetition is harmless.
    private static bool IsCovered(PendingRequest request, in InvalidateRequestMessage message, DeviceTlbRange range) =>
        TranslationSpace.Of(request.Prefix).IsCoveredBy(message)
        && (request.Kind == PendingKind.Translation || range.Contains(request.Address));

    private int FreeTag()
    {
        for (int tried = 0; tried < Tags; tried++)
        {
            int tag = _next;
            _next = (_next + 1) % Tags;
            if (!_isTaken[tag])
                return tag;
        }

        throw new InvalidOperationException($"{function.RequesterId} has {Tags} outstanding requests and no free tag. Await some of them first.");
    }
}
