using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The tracks of a trace. Each is named in the trace before its first event.</summary>
internal sealed class TraceTracks(TraceWriter writer)
{
    private readonly Dictionary<string, int> _groups = [];
    private readonly HashSet<TraceTrack> _named = [];

    public TraceTrack Of(Party party) => Track("machine", party == Party.Processor ? 1 : 2, party == Party.Processor ? "processor" : "hardware");

    public TraceTrack Interrupts => Track("machine", 3, "interrupts");

    /// <summary>Returns the track of a line of operations.</summary>
    public TraceTrack OfOperations(int line) => Track("operations", line + 1, $"operations {line + 1}");

    public TraceTrack OfUnit(string name) => Track(name, 1, "unit");

    /// <summary>Returns the track of the messages at a device's end of its link.</summary>
    public TraceTrack OfDevice(RequesterId device) => Track($"{device}", 1, "device");

    /// <summary>Returns the track of the messages at the unit's end of a device's link.</summary>
    public TraceTrack AtUnit(RequesterId device) => Track($"{device}", 2, "unit's end of its link");

    private TraceTrack Track(string group, int line, string name)
    {
        if (!_groups.TryGetValue(group, out int number))
        {
            number = _groups.Count + 1;
            _groups.Add(group, number);
            writer.Name(new TraceTrack(number, 0), "process_name", group);
        }

        TraceTrack track = new(number, line);
        if (_named.Add(track))
            writer.Name(track, "thread_name", name);
        return track;
    }
}
