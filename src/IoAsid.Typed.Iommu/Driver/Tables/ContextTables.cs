using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The root table of a unit and its scalable-mode context tables (VT-d 9.2, 9.4). Context tables are allocated on demand.</summary>
internal sealed class ContextTables
{
    private const int RootEntrySize = 16;
    private const int EntrySize = 32;

    private readonly IPhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly List<ulong> _tables = [];

    public ContextTables(IPhysicalMemory memory, FrameAllocator frames)
    {
        _memory = memory;
        _frames = frames;
        Root = NewTable();
    }

    /// <summary>The physical address of the root table.</summary>
    public ulong Root { get; }

    /// <summary>The context entry of a function.</summary>
    public ScalableContextEntry this[RequesterId requester] =>
        TryFind(requester, out ulong address) ? new ScalableContextEntry(_memory.ReadBits<Bits256>(address)) : default;

    /// <summary>Allocates the tables of a function, so that <see cref="Set"/> needs no memory.</summary>
    /// <exception cref="IommuException">No memory is left for a table.</exception>
    public void Reserve(RequesterId requester) => AddressOf(requester);

    /// <summary>Writes an entry that was not present.</summary>
    /// <exception cref="IommuException">No memory is left for a table.</exception>
    public void Set(RequesterId requester, ScalableContextEntry entry) => _memory.WriteAbsent(AddressOf(requester), entry.Bits);

    /// <summary>Changes the first word of an entry, with the present bit and the permissions, in one write.</summary>
    public void SetFirstWord(RequesterId requester, ScalableContextEntry entry) =>
        _memory.WriteUInt64(AddressOf(requester), entry.Bits[0]);

    /// <summary>Frees all tables. Translation must be disabled.</summary>
    public void Free()
    {
        foreach (ulong table in _tables)
            _frames.Free(table);
        _tables.Clear();
    }

    private bool TryFind(RequesterId requester, out ulong address)
    {
        ulong half = _memory.ReadUInt64(HalfOf(requester));
        ScalableRootEntry root = new(new Bits128(half, 0));
        address = root.LowerContextTable + OffsetOf(requester);
        return root.LowerPresent;
    }

    private ulong AddressOf(RequesterId requester)
    {
        if (!TryFind(requester, out ulong address))
        {
            ulong table = NewTable();
            // Both halves of a root entry have the same layout.
            _memory.WriteUInt64(HalfOf(requester), new ScalableRootEntry { LowerPresent = true, LowerContextTable = table }.Bits[0]);
            address = table + OffsetOf(requester);
        }

        return address;
    }

    private ulong HalfOf(RequesterId requester) =>
        Root + requester.Bus * (ulong)RootEntrySize + (ulong)ScalableRootEntry.HalfOf(requester.DeviceFunction) * sizeof(ulong);

    private static ulong OffsetOf(RequesterId requester) =>
        (ulong)(requester.DeviceFunction % TranslationTables.ScalableContextEntries) * EntrySize;

    private ulong NewTable()
    {
        ulong table = _frames.Allocate();
        _tables.Add(table);
        return table;
    }
}
