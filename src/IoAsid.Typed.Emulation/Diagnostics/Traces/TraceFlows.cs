using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The flows of a trace. A flow connects a request with its completion, a group of page requests with its response, or an invalidation with its completion.
/// </summary>
internal sealed class TraceFlows(TraceWriter writer)
{
    private readonly Dictionary<(string Name, RequesterId Device, int Tag), long> _open = [];
    private long _started;

    /// <summary>Adds the event of a request. The first request begins the flow.</summary>
    public void Begin(string name, RequesterId device, int tag, TraceTrack track, long time)
    {
        bool isOpen = _open.TryGetValue((name, device, tag), out long number);
        if (!isOpen)
            _open.Add((name, device, tag), number = ++_started);
        writer.Flow(isOpen ? "t" : "s", track, name, number, time);
    }

    /// <summary>Adds an event to a flow.</summary>
    public void Pass(string name, RequesterId device, int tag, TraceTrack track, long time)
    {
        if (_open.TryGetValue((name, device, tag), out long number))
            writer.Flow("t", track, name, number, time);
    }

    /// <summary>Ends a flow at an event.</summary>
    public void End(string name, RequesterId device, int tag, TraceTrack track, long time)
    {
        if (_open.Remove((name, device, tag), out long number))
            writer.Flow("f", track, name, number, time);
    }
}
