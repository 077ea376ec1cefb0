using System.Text.Json;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Writes events in the Chrome trace-event format, as a JSON array. Times are microseconds of the machine. No two events are at one time, so that what
/// happens in one step stays in its order, and a flow belongs to one event.
/// </summary>
internal sealed class TraceWriter : IDisposable
{
    private const int FlushAbove = 1 << 16;
    private const long EventNanoseconds = 10;

    private readonly Utf8JsonWriter _json;
    private long _free;

    public TraceWriter(Stream stream)
    {
        _json = new Utf8JsonWriter(stream);
        _json.WriteStartArray();
    }

    /// <summary>Names a group (line 0), or one of its lines.</summary>
    public void Name(TraceTrack track, string what, string name)
    {
        Begin("M", what, track, nanoseconds: null);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        End();
    }

    /// <summary>A step, with its length.</summary>
    public void Step(TraceTrack track, string name, long start, long length)
    {
        Begin("X", name, track, start);
        WriteTime("dur", length);
        End();
    }

    /// <summary>Something that happened, with what is known of it.</summary>
    /// <returns>When it is in the trace: at the time given, or right after what was there already.</returns>
    public long Event(TraceTrack track, string name, string details, long time)
    {
        time = Math.Max(time, _free);
        _free = time + EventNanoseconds;
        Begin("X", name, track, time);
        WriteTime("dur", EventNanoseconds);
        _json.WriteStartObject("args");
        _json.WriteString("details", details);
        _json.WriteEndObject();
        End();
        return time;
    }

    /// <summary>The beginning (b) or the end (e) of something that may overlap with others on its track.</summary>
    public void Span(string phase, TraceTrack track, string name, long number, long time)
    {
        Begin(phase, name, track, time);
        _json.WriteString("cat", "on the link");
        _json.WriteNumber("id", number);
        End();
    }

    /// <summary>The beginning (s), a station (t) or the end (f) of a flow, at an event.</summary>
    public void Flow(string phase, TraceTrack track, string name, long number, long time)
    {
        Begin(phase, name, track, time);
        _json.WriteString("cat", "flow");
        _json.WriteNumber("id", number);
        if (phase is "f")
            _json.WriteString("bp", "e");
        End();
    }

    /// <summary>A mark across all tracks.</summary>
    public void Mark(TraceTrack track, string text, long time)
    {
        Begin("i", text, track, Math.Max(time, _free));
        _json.WriteString("s", "g");
        End();
    }

    public void Dispose()
    {
        _json.WriteEndArray();
        _json.Dispose();
    }

    private void Begin(string phase, string name, TraceTrack track, long? nanoseconds)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteNumber("pid", track.Group);
        _json.WriteNumber("tid", track.Line);
        if (nanoseconds is { } time)
            WriteTime("ts", time);
    }

    private void WriteTime(string name, long nanoseconds) => _json.WriteNumber(name, nanoseconds / 1000m);

    private void End()
    {
        _json.WriteEndObject();
        if (_json.BytesPending > FlushAbove)
            _json.Flush();
    }
}
