using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The flows of the messages on the fabric.</summary>
internal sealed class MessageFlows(TraceFlows flows)
{
    public const string PageRequest = "page request to response";
    public const string Invalidation = "invalidation to completion";

    private const string Read = "read to completion";
    private const string Atomic = "atomic to completion";
    private const string Translation = "translation to completion";
    private const int InvalidationTags = 32;

    /// <summary>Adds the event of a sent message at its sender.</summary>
    public void Sent(in FabricMessage message, TraceTrack track, long time) =>
        ForEachTag(message, IsRequest(message.Kind) ? flows.Begin : flows.Pass, track, time);

    /// <summary>Adds the event of an arrived message at its receiver.</summary>
    public void Arrived(in FabricMessage message, TraceTrack track, long time) =>
        ForEachTag(message, IsRequest(message.Kind) ? flows.Pass : flows.End, track, time);

    private static void ForEachTag(in FabricMessage message, Action<string, RequesterId, int, TraceTrack, long> follow, TraceTrack track, long time)
    {
        if (NameOf(message) is not { } name)
            return;
        foreach (int tag in TagsOf(message))
            follow(name, message.Function, tag, track, time);
    }

    private static string? NameOf(in FabricMessage message) => message.Kind switch
    {
        FabricMessageKind.PageRequest => message.AsPageRequest.IsStopMarker ? null : PageRequest,
        FabricMessageKind.PageGroupResponse => PageRequest,
        FabricMessageKind.InvalidateRequest or FabricMessageKind.InvalidateCompletion => Invalidation,
        FabricMessageKind.MemoryRead or FabricMessageKind.ReadCompletion => Read,
        FabricMessageKind.Atomic or FabricMessageKind.AtomicCompletion => Atomic,
        FabricMessageKind.TranslationRequest or FabricMessageKind.TranslationCompletion => Translation,
        _ => null,
    };

    private static bool IsRequest(FabricMessageKind kind) => kind is
        FabricMessageKind.PageRequest or FabricMessageKind.InvalidateRequest or FabricMessageKind.MemoryRead
        or FabricMessageKind.Atomic or FabricMessageKind.TranslationRequest;

    // One message can complete several invalidations.
    private static IEnumerable<int> TagsOf(in FabricMessage message)
    {
        ulong done = message.Value;
        return message.Kind == FabricMessageKind.InvalidateCompletion
            ? Enumerable.Range(0, InvalidationTags).Where(tag => (done >> tag & 1) != 0)
            : [message.Tag];
    }
}
