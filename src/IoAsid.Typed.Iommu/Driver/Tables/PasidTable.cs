using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The PASID directory and PASID tables of one function (VT-d 9.5, 9.6). No two functions share a table, so a function cannot use the PASIDs of another.
/// </summary>
internal sealed class PasidTable
{
    private const int EntrySize = 64;
    private const int SmallestDirectoryBits = 13;

    private readonly IPhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly int _directoryFrames;
    private readonly List<ulong> _tables = [];

    /// <summary>Creates an empty table.</summary>
    /// <param name="memory">The physical memory as processors see it.</param>
    /// <param name="frames">The frames for directory and tables.</param>
    /// <param name="pasidBits">The width of PASIDs in bits, 0 to 20.</param>
    /// <exception cref="IommuException">No memory is left for the directory.</exception>
    public PasidTable(IPhysicalMemory memory, FrameAllocator frames, int pasidBits)
    {
        _memory = memory;
        _frames = frames;
        DirectorySize = (byte)Math.Max(0, pasidBits - SmallestDirectoryBits);
        int bytes = (1 << (DirectorySize + SmallestDirectoryBits)) / TranslationTables.PasidTableEntries * sizeof(ulong);
        _directoryFrames = Math.Max(1, bytes / AddressRange.PageSize);
        Directory = frames.AllocateContiguous(_directoryFrames);
    }

    /// <summary>The physical address of the directory.</summary>
    public ulong Directory { get; }

    /// <summary>PDTS: the directory has entries for 2^(PDTS+13) PASIDs.</summary>
    public byte DirectorySize { get; }

    /// <summary>The entry of a PASID. All bits are 0 if its table does not exist.</summary>
    public PasidEntry this[Pasid pasid] =>
        TryFind(pasid, out ulong address) ? new PasidEntry(_memory.ReadBits<Bits512>(address)) : default;

    /// <summary>Writes an entry that was not present.</summary>
    /// <exception cref="IommuException">No memory is left for a table.</exception>
    public void Set(Pasid pasid, PasidEntry entry) => _memory.WriteAbsent(AddressOf(pasid), entry.Bits);

    /// <summary>Clears the present bit in one write, which can also suppress later faults.</summary>
    public void Revoke(Pasid pasid, bool suppressFaults)
    {
        ulong address = AddressOf(pasid);
        PasidEntry entry = new(_memory.ReadBits<Bits512>(address));
        _memory.WriteUInt64(address, (entry with { Present = false, FaultProcessingDisable = suppressFaults }).Bits[0]);
    }

    /// <summary>Clears an entry that is not present. No cache may have the entry.</summary>
    public void Clear(Pasid pasid, bool suppressFaults = false) =>
        _memory.WriteAbsent(AddressOf(pasid), new PasidEntry { FaultProcessingDisable = suppressFaults }.Bits);

    /// <summary>Frees all tables. No unit may walk them.</summary>
    public void Free()
    {
        foreach (ulong table in _tables)
            _frames.Free(table);
        _tables.Clear();
        _frames.Free(Directory, _directoryFrames);
    }

    private ulong DirectoryEntryOf(Pasid pasid) => Directory + (ulong)PasidDirectoryEntry.IndexOf(pasid) * sizeof(ulong);

    private bool TryFind(Pasid pasid, out ulong address)
    {
        PasidDirectoryEntry entry = new(_memory.ReadUInt64(DirectoryEntryOf(pasid)));
        address = entry.PasidTable + (ulong)PasidEntry.IndexOf(pasid) * EntrySize;
        return entry.Present;
    }

    private ulong AddressOf(Pasid pasid)
    {
        if (TryFind(pasid, out ulong address))
            return address;
        ulong table = _frames.Allocate();
        _tables.Add(table);
        _memory.WriteUInt64(DirectoryEntryOf(pasid), new PasidDirectoryEntry { Present = true, PasidTable = table }.Bits);
        return table + (ulong)PasidEntry.IndexOf(pasid) * EntrySize;
    }
}
