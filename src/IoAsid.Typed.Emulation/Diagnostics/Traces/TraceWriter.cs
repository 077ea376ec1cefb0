using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A writer of the Chrome trace-event format, as a JSON array. Times are microseconds of virtual time. No two events have the same time, so that the events of
/// one step keep their order, and a flow belongs to one event.
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

    /// <summary>Names a group (line 0), or a line of the group.</summary>
    public void Name(TraceTrack track, string kind, string name)
    {
        Begin("M", kind, track, nanoseconds: null);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        End();
    }

    /// <summary>Writes a step with its duration.</summary>
    public void Step(TraceTrack track, string name, long start, long length)
    {
        Begin("X", name, track, start);
        WriteTime("dur", length);
        End();
    }

    /// <summary>Writes an event with its details.</summary>
    /// <returns>The time of the event in the trace: the requested time, or the end of the last event if that is later.</returns>
    public long Event(TraceTrack track, string name, string details, long time)
    {
        time = Advance(time);
        Begin("X", name, track, time);
        WriteTime("dur", EventNanoseconds);
        _json.WriteStartObject("args");
        _json.WriteString("details", details);
        _json.WriteEndObject();
        End();
        return time;
    }

    /// <summary>Begins the slice of an operation. Slices of one track end in the reverse order.</summary>
    public void BeginSlice(TraceTrack track, OperationSlice slice, long time)
    {
        Begin("B", slice.Operation.DisplayName, track, Advance(time));
        _json.WriteStartObject("args");
        WriteTags(slice.TakeTags());
        _json.WriteEndObject();
        End();
    }

    /// <summary>Ends the slice of an operation, with the tags that the operation has at its end.</summary>
    public void EndSlice(TraceTrack track, OperationSlice slice, long time)
    {
        Begin("E", slice.Operation.DisplayName, track, Advance(time));
        _json.WriteStartObject("args");
        WriteTags(slice.TakeTags());
        if (slice.Operation.Status == ActivityStatusCode.Error)
            _json.WriteString("failed", slice.Operation.StatusDescription ?? "");
        _json.WriteEndObject();
        End();
    }

    /// <summary>Writes the begin (b) or the end (e) of a span. Spans can overlap on their track.</summary>
    public void Span(string phase, TraceTrack track, string name, long number, long time)
    {
        Begin(phase, name, track, time);
        _json.WriteString("cat", "on the link");
        _json.WriteNumber("id", number);
        End();
    }

    /// <summary>Writes the start (s), a step (t) or the end (f) of a flow, at an event.</summary>
    public void Flow(string phase, TraceTrack track, string name, long number, long time)
    {
        Begin(phase, name, track, time);
        _json.WriteString("cat", "flow");
        _json.WriteNumber("id", number);
        if (phase is "f")
            _json.WriteString("bp", "e");
        End();
    }

    /// <summary>Writes a mark across all tracks.</summary>
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

    // No two events have the same time.
    private long Advance(long time)
    {
        time = Math.Max(time, _free);
        _free = time + EventNanoseconds;
        return time;
    }

    private void WriteTags(IEnumerable<KeyValuePair<string, object?>> tags)
    {
        foreach ((string name, object? value) in tags)
        {
            if (value is int number)
                _json.WriteNumber(name, number);
            else
                _json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
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
