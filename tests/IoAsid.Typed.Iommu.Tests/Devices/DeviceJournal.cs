using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A journal of the changes that hardware sees, in their order: the context entry of a device, the entry of a PASID, the configuration of the function, and
/// invalidation descriptors.
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

    private DeviceJournal(IommuFixture fixture)
    {
        _memory = fixture.Machine.PhysicalMemory;
        VtdDriver unit = fixture.Subsystem.Units[0];
        Function = new WatchedFunction(fixture.Engines[0], _lines.Add);
        Device = new IommuDevice(unit, Function);
        RequesterId requester = Function.RequesterId;
        _contextHalf = unit.Contexts.Root + (ulong)(requester.Bus * 16 + ScalableRootEntry.HalfOf(requester.DeviceFunction) * sizeof(ulong));
        _contextOffset = requester.DeviceFunction % TranslationTables.ScalableContextEntries * 32;
        (_context, _entry) = (Context(), Entry());
        fixture.Machine.Bus.Observe(this);
        // Both observe until the machine is collected.
        _ = new QueueTap(fixture) { OnSubmitted = descriptor => Add(QueueTrace.Words(descriptor)) };
    }

    public WatchedFunction Function { get; }

    public IommuDevice Device { get; }

    /// <summary>Replaces the first device of the fixture by one with a journal. No feature is enabled.</summary>
    public static async Task<DeviceJournal> BeginAsync(IommuFixture fixture)
    {
        await fixture.Devices[0].DisposeAsync();
        DeviceJournal journal = new(fixture);
        journal.Device.Unit.Add(journal.Device);
        await journal.Device.ConnectAsync();
        fixture.Devices[0] = journal.Device;
        fixture.Drivers[0] = new DmaEngineDriver(journal.Device);
        journal.Take();
        return journal;
    }

    /// <summary>Disposes the device and the fixture's subsystem.</summary>
    public async Task EndAsync(IommuFixture fixture)
    {
        await Device.DisposeAsync();
        await fixture.AssertReclaimedAsync();
    }

    /// <summary>Returns the lines since the last call.</summary>
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
