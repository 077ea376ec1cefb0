using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The tables of a domain in the format of one stage.</summary>
internal abstract class MappedTables<TFormat> : DomainTables
    where TFormat : struct, IPagingFormat
{
    private readonly FrameAllocator _frames;
    private readonly PagingTree<TFormat> _tables;
    private readonly int _largestLevel;

    private protected MappedTables(IPhysicalMemory memory, FrameAllocator frames, AddressWidth width, AddressRange addresses, int largestLevel, TFormat format)
        : base(width, addresses)
    {
        _frames = frames;
        _largestLevel = largestLevel;
        _tables = new PagingTree<TFormat>(memory, frames, width.Levels(), format);
    }

    /// <summary>The physical address of the topmost table.</summary>
    public ulong Root => _tables.Root;

    public override long TablePages => _tables.Tables;

    public override void Map(AddressRange range, ulong physical, MemoryRights rights)
    {
        _ = Inside(range);
        AddressRange frames = new(physical, range.Length);
        if ((rights & MemoryRights.ReadWrite) == MemoryRights.None)
            throw new ArgumentOutOfRangeException(nameof(rights), rights, "An entry without rights is not present: map with Read, Write or both.");
        if (!_tables.TryMap(new MappingPieces(range, frames.Start, _largestLevel), rights))
            throw FrameAllocator.NoMemory();
    }

    public override async ValueTask UnmapAsync(AddressRange range, Func<AddressRange, bool, ValueTask> invalidate)
    {
        Removal removal = Remove(Inside(range));
        try
        {
            await invalidate(range, removal.Tables == 0);
        }
        catch
        {
            LeakedFrames += removal.Tables;
            throw;
        }

        removal.FreeTables(_frames);
    }

    public override bool TryTranslate(ulong address, out ulong physical)
    {
        physical = 0;
        return Addresses.Contains(address) && _tables.TryTranslate(address, out physical);
    }

    public override void Free()
    {
        Remove(Addresses).FreeTables(_frames);
        _tables.Free();
    }

    private Removal Remove(AddressRange range)
    {
        if (!_tables.TrySplit(range))
            throw FrameAllocator.NoMemory();
        Removal removal = new();
        _tables.Change(range, removal);
        return removal;
    }

    private AddressRange Inside(AddressRange range) => Addresses.Contains(range)
        ? range
        : throw new ArgumentOutOfRangeException(nameof(range), range, $"{range} is wider than {AddressWidth.Bits()} bits.");
}
