using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// What software does to a device, in the order in which hardware sees it: changes of its context entry, of the entry of a PASID, of its configuration, and what
/// caches are to forget.
/// </summary>
internal sealed class DeviceJournal : IProcessorObserver
{
    private static readonly Pasid WatchedPasid = new(1);

    private readonly IPhysicalMemory _memory;
    private readonly ulong _contextHalf;
    private readonly int _contextOffset;
    private readonly List<string> _lines = [];
    private ulong _directory;
    private string _context;
    private string _entry;

    private DeviceJournal(IommuBench bench)
    {
        _memory = bench.Machine.PhysicalMemory;
        VtdDriver unit = bench.Subsystem.Units[0];
        Function = new WatchedFunction(bench.Engines[0], _lines.Add);
        Device = new IommuDevice(unit, Function);
        RequesterId requester = Function.RequesterId;
        _contextHalf = unit.Contexts.Root + (ulong)(requester.Bus * 16 + ScalableRootEntry.HalfOf(requester.DeviceFunction) * sizeof(ulong));
        _contextOffset = requester.DeviceFunction % TranslationTables.ScalableContextEntries * 32;
        (_context, _entry) = (Context(), Entry());
        bench.Machine.Bus.Observe(this);
        // Both observe for as long as the machine lives.
        _ = new QueueTap(bench) { Told = descriptor => Add(QueueTrace.Words(descriptor)) };
    }

    public WatchedFunction Function { get; }

    public IommuDevice Device { get; }

    /// <summary>Takes the first engine away from the bench and has it as a device whose journal is kept; nothing is enabled.</summary>
    public static async Task<DeviceJournal> BeginAsync(IommuBench bench)
    {
        await bench.Devices[0].DisposeAsync();
        DeviceJournal journal = new(bench);
        journal.Device.Unit.Add(journal.Device);
        await journal.Device.ConnectAsync();
        bench.Devices[0] = journal.Device;
        bench.Drivers[0] = new DmaEngineDriver(journal.Device);
        journal.Take();
        return journal;
    }

    /// <summary>Gives the device up, and everything of the bench.</summary>
    public async Task EndAsync(IommuBench bench)
    {
        await Device.DisposeAsync();
        await bench.AssertReclaimedAsync();
    }

    /// <summary>What happened since the last time.</summary>
    public string[] Take()
    {
        string[] lines = [.. _lines];
        _lines.Clear();
        return lines;
    }

    public void Add(string line)
    {
        if (line.Length > 0)
            _lines.Add(line);
    }

    public void MemoryWritten(ulong address, int length)
    {
        Note(ref _context, Context());
        Note(ref _entry, Entry());
    }

    private void Note(ref string known, string now)
    {
        if (known != now)
            _lines.Add(now);
        known = now;
    }

    private string Context()
    {
        ulong table = new ScalableRootEntry(new Bits128(_memory.ReadUInt64(_contextHalf), 0)).LowerContextTable;
        ScalableContextEntry entry = new(_memory.ReadBits<Bits256>(table + (ulong)_contextOffset));
        if (!entry.Present)
            return "context: absent";
        _directory = entry.PasidDirectory;
        return "context: present" + If(entry.PasidEnable, ", PASIDs") + If(entry.DeviceTlbEnable, ", device TLB") + If(entry.PageRequestEnable, ", page requests");
    }

    private string Entry()
    {
        if (_directory == 0)
            return $"PASID {WatchedPasid}: cleared";
        PasidDirectoryEntry table = new(_memory.ReadUInt64(_directory));
        PasidEntry entry = table.Present ? new(_memory.ReadBits<Bits512>(table.PasidTable + WatchedPasid.Value * 64)) : default;
        bool isCleared = entry == new PasidEntry { FaultProcessingDisable = entry.FaultProcessingDisable };
        return $"PASID {WatchedPasid}: {(entry.Present ? "present" : isCleared ? "cleared" : "absent")}{If(entry.FaultProcessingDisable, ", faults suppressed")}";
    }

    private static string If(bool condition, string words) => condition ? words : "";
}
