namespace Migration.Plain;

/// <summary>Processes whose memory devices use. A process has one PASID for all its devices.</summary>
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

    /// <summary>Opens a device for a process. Returns the PASID of the process.</summary>
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

    /// <summary>Closes a device of a process. The last one unregisters the PASID. The method does not wait for outstanding requests.</summary>
    public void Close(string name)
    {
        if (!_processes.TryGetValue(name, out Process? process) || --process.Devices > 0)
            return;

        _processes.Remove(name);
        table.Unregister(process.Pasid);
    }
}
