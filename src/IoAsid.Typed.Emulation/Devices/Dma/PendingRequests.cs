using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The requests of a function under way, by their tags. A tag is used again as late as can be.</summary>
internal sealed class PendingRequests(EmulatedFunction function)
{
    private const int Tags = 256;

    private static readonly Action<object?> AbortRequest = static request => ((PendingRequest)request!).End(RequestEnd.Aborted);

    private readonly PendingRequest[] _all = [.. Enumerable.Range(0, Tags).Select(tag => new PendingRequest(tag))];
    private readonly bool[] _isTaken = new bool[Tags];
    private int _next;

    /// <summary>How many were begun so far.</summary>
    public long Begun { get; private set; }

    public PendingRequest Begin(PendingKind kind, PasidPrefix prefix, ulong address, Memory<byte> destination = default)
    {
        PendingRequest request = _all[FreeTag()];
        _isTaken[request.Tag] = true;
        request.IsUnderWay = true;
        request.Number = Begun++;
        request.Kind = kind;
        request.Prefix = prefix;
        request.Address = address;
        request.Destination = destination;
        request.IsSpoilt = false;
        return request;
    }

    /// <summary>Gives a tag back when its end was seen.</summary>
    public void Return(PendingRequest request)
    {
        request.Destination = default;
        _isTaken[request.Tag] = false;
    }

    /// <summary>Takes out the request that a completion is for.</summary>
    public bool TryEnd(int tag, out PendingRequest request)
    {
        request = _all[tag & Tags - 1];
        if (!request.IsUnderWay)
            return false;
        request.IsUnderWay = false;
        return true;
    }

    /// <summary>Whether a read or AtomicOp begun before still uses a translation that an invalidation is about.</summary>
    public bool AnyUses(in InvalidateRequestMessage message, DeviceTlbRange range, long before)
    {
        foreach (PendingRequest request in _all)
        {
            if (request.Number < before && Is(request, PendingKind.Translated) && IsMeant(request, message, range))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Has no translation kept that is under way and that an invalidation is about. What holds for every PASID may come for any.
    /// </summary>
    public void SpoilTranslations(in InvalidateRequestMessage message, DeviceTlbRange range)
    {
        foreach (PendingRequest request in _all)
        {
            if (Is(request, PendingKind.Translation) && IsMeant(request, message, range))
                request.IsSpoilt = true;
        }
    }

    /// <summary>Has no translation kept that is under way.</summary>
    public void SpoilTranslations()
    {
        foreach (PendingRequest request in _all)
            request.IsSpoilt = true;
    }

    /// <summary>Ends all of them without an answer.</summary>
    public void Abort()
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

    // A translation may come back for a large page: any part of its page that is meant counts. Asking again is harmless.
    private static bool IsMeant(PendingRequest request, in InvalidateRequestMessage message, DeviceTlbRange range) =>
        TranslationSpace.Of(request.Prefix).IsMeantBy(message)
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

        throw new InvalidOperationException($"{function.RequesterId} has {Tags} requests under way, and no more tags.");
    }
}
