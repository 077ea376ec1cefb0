namespace IoAsid.Typed.Tests.Fixtures;

/// <summary>A log of the events that an observer receives.</summary>
internal sealed class EventLog
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>The kinds of the events, without the numbers.</summary>
    public IEnumerable<string> Kinds => Lines.Select(line => line.Split(' ')[0]);

    public void Observe(IoAsidEvent edge) => Add($"{edge.Kind} {edge.Id}/{edge.Generation}");

    /// <summary>Returns an observer that writes its name beside each event.</summary>
    public Action<IoAsidEvent> As(string name) => edge => Add($"{edge.Kind} {name}");

    public void Add(string line)
    {
        lock (_lines)
            _lines.Add(line);
    }
}
