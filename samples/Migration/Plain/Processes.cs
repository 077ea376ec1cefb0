namespace Migration.Plain;

/// <summary>Processes whose memory devices use. A process has one PASID, however many devices it opens.</summary>
public sealed class Processes(PasidTable table)
{
    private sealed class Process(uint pasid)
    {
        public uint Pasid => pasid;

        public int Devices { get; set; } = 1;
    }

    private readonly Dictionary<string, Process> _processes = new(StringComparer.Ordinal);

    /// <summary>The number of processes that have a PASID.</summary>
    public int Count => _processes.Count;

    /// <summary>A process opens a device. Returns its PASID.</summary>
    public uint Open(string name)
    {
        if (_processes.TryGetValue(name, out Process? process))
        {
            process.Devices++;
            return process.Pasid;
        }

        process = new Process(table.Register(new NativeSvaBinding(name)));
        _processes.Add(name, process);
        return process.Pasid;
    }

    /// <summary>A process closes a device. The PASID goes with the last one; requests that are on their way are not waited for.</summary>
    public void Close(string name)
    {
        if (!_processes.TryGetValue(name, out Process? process) || --process.Devices > 0)
            return;

        _processes.Remove(name);
        table.Unregister(process.Pasid);
    }
}
