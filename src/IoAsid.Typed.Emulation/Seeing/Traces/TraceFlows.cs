using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Joins what belongs together: a request and its completion, a group of page requests and its response, an invalidation and its completion.</summary>
internal sealed class TraceFlows(TraceWriter writer)
{
    private readonly Dictionary<(string Name, RequesterId Device, int Tag), long> _open = [];
    private long _begun;

    /// <summary>A request is at an event: the first begins the flow.</summary>
    public void Begin(string name, RequesterId device, int tag, TraceTrack track, long time)
    {
        bool goesOn = _open.TryGetValue((name, device, tag), out long number);
        if (!goesOn)
            _open.Add((name, device, tag), number = ++_begun);
        writer.Flow(goesOn ? "t" : "s", track, name, number, time);
    }

    /// <summary>It passes an event.</summary>
    public void Pass(string name, RequesterId device, int tag, TraceTrack track, long time)
    {
        if (_open.TryGetValue((name, device, tag), out long number))
            writer.Flow("t", track, name, number, time);
    }

    /// <summary>It ends at an event.</summary>
    public void End(string name, RequesterId device, int tag, TraceTrack track, long time)
    {
        if (_open.Remove((name, device, tag), out long number))
            writer.Flow("f", track, name, number, time);
    }
}
