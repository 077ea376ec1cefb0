using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Second-stage tables: what a domain of its own maps I/O virtual or guest-physical addresses to. The memory behind the addresses belongs to the
/// caller. Not thread-safe: it belongs to the steps of one machine.
/// </summary>
public sealed class SecondStageTables
{
    private const int LargestLeafLevel = 3;

    private readonly FrameAllocator _frames;
    private readonly PagingTree<SecondStageFormat> _tables;
    private readonly int _largestLevel;

    /// <summary>Empty tables.</summary>
    /// <param name="memory">Physical memory as processors see it.</param>
    /// <param name="frames">Gives out frames for tables.</param>
    /// <param name="width">How wide the addresses are: it decides the number of levels, 3 to 5.</param>
    /// <param name="largePages">
    /// CAP.SSLPS of the units that will walk the tables, anded: bit 0 for pages of 2 MiB, bit 1 for 1 GiB, which is used with bit 0 only.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is no width.</exception>
    /// <exception cref="IommuException">There is no memory for the topmost table: <see cref="IommuError.NoMemory"/>.</exception>
    public SecondStageTables(IPhysicalMemory memory, FrameAllocator frames, AddressWidth width, int largePages = 0)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(frames);
        if (width is not (AddressWidth.Bits39 or AddressWidth.Bits48 or AddressWidth.Bits57))
            throw new ArgumentOutOfRangeException(nameof(width), width, "Second-stage addresses have 39, 48 or 57 bits.");
        _frames = frames;
        _largestLevel = (largePages & LargestLeafLevel) switch { 1 => 2, 3 => 3, _ => 1 };
        _tables = new PagingTree<SecondStageFormat>(memory, frames, width.Levels());
        AddressWidth = width;
        Addresses = new AddressRange(0, 1UL << width.Bits());
    }

    /// <summary>The physical address of the topmost table: what SSPTPTR holds.</summary>
    public ulong Root => _tables.Root;

    /// <summary>How wide the addresses are.</summary>
    public AddressWidth AddressWidth { get; }

    /// <summary>The addresses that can be mapped.</summary>
    public AddressRange Addresses { get; }

    /// <summary>How many tables there are.</summary>
    public long TablePages => _tables.Tables;

    /// <summary>How many tables were given up because an invalidation failed.</summary>
    public long LeakedFrames { get; private set; }

    /// <summary>Maps addresses to memory, in the largest pages that fit.</summary>
    /// <param name="address">The first address, a multiple of 4096.</param>
    /// <param name="physical">What it is mapped to, a multiple of 4096.</param>
    /// <param name="length">How many bytes, a multiple of 4096.</param>
    /// <param name="rights">What may be done: read, write or both.</param>
    /// <exception cref="ArgumentException">Not whole pages, too wide, or no rights.</exception>
    /// <exception cref="IommuException">
    /// Something is mapped there: <see cref="IommuError.Busy"/>. There is no memory for tables: <see cref="IommuError.NoMemory"/>. Nothing has changed.
    /// </exception>
    public void Map(ulong address, ulong physical, ulong length, MemoryRights rights)
    {
        AddressRange range = Inside(new AddressRange(address, length));
        _ = new AddressRange(physical, length);
        if ((rights & MemoryRights.ReadWrite) == MemoryRights.None)
            throw new ArgumentOutOfRangeException(nameof(rights), rights, "An entry without rights is not present: map with Read, Write or both.");
        if (!_tables.TryMap(new MappingPieces(range, physical, _largestLevel), rights))
            throw FrameAllocator.NoMemory();
    }

    /// <summary>
    /// Takes mappings away. Large pages across the ends of the range are cut; where nothing is mapped, nothing is done. Tables that became empty are
    /// freed when <paramref name="invalidate"/> is complete.
    /// </summary>
    /// <param name="range">What to take away.</param>
    /// <param name="invalidate">Has everybody forget the range, entries that are not leaves included. Called once, when the entries have changed.</param>
    /// <returns>Complete when the range is invalidated: the memory behind it can be used for something else. If the invalidation fails, tables are
    /// lost (<see cref="LeakedFrames"/>), and its exception comes out here.</returns>
    /// <exception cref="ArgumentException">Too wide.</exception>
    /// <exception cref="IommuException">
    /// A large page must be cut and there is no memory for a table: <see cref="IommuError.NoMemory"/>. Nothing has changed.
    /// </exception>
    public async ValueTask UnmapAsync(AddressRange range, Func<AddressRange, ValueTask> invalidate)
    {
        ArgumentNullException.ThrowIfNull(invalidate);
        Removal removal = Remove(Inside(range));
        try
        {
            await invalidate(range);
        }
        catch
        {
            LeakedFrames += removal.Tables;
            throw;
        }

        removal.FreeTables(_frames);
    }

    /// <summary>What an address is mapped to.</summary>
    /// <param name="address">The address.</param>
    /// <param name="physical">The physical address, 0 when there is none.</param>
    /// <returns>Whether it is mapped.</returns>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        physical = 0;
        return Addresses.Contains(address) && _tables.TryTranslate(address, out physical);
    }

    /// <summary>Frees all tables. Nothing may walk them any more, and nothing of them may be cached. Use nothing of it afterwards.</summary>
    public void Free()
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
        : throw new ArgumentOutOfRangeException(nameof(range), range, $"{range} is wider than {AddressWidths.Bits(AddressWidth)} bits.");
}
