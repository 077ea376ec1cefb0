using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Gives out tracks, and names each in the trace before its first event.</summary>
internal sealed class TraceTracks(TraceWriter writer)
{
    private readonly Dictionary<string, int> _groups = [];
    private readonly HashSet<TraceTrack> _named = [];

    public TraceTrack Of(Party party) => Track("machine", party == Party.Processor ? 1 : 2, party == Party.Processor ? "processor" : "hardware");

    public TraceTrack Interrupts => Track("machine", 3, "interrupts");

    public TraceTrack OfUnit(string name) => Track(name, 1, "unit");

    /// <summary>What a device sends and what reaches it.</summary>
    public TraceTrack OfDevice(RequesterId device) => Track($"{device}", 1, "device");

    /// <summary>The other end of a device's link: what reaches the unit from it, and what the unit sends it.</summary>
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
