using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// What the addresses of a domain are mapped to. The memory behind the addresses belongs to the caller. Not thread-safe: it belongs to the steps of one machine.
/// </summary>
internal abstract class DomainTables
{
    private protected DomainTables(AddressWidth width, AddressRange addresses)
    {
        AddressWidth = width;
        Addresses = addresses;
    }

    /// <summary>The width of the addresses.</summary>
    public AddressWidth AddressWidth { get; }

    /// <summary>The addresses that can be mapped.</summary>
    public AddressRange Addresses { get; }

    /// <summary>The number of tables.</summary>
    public abstract long TablePages { get; }

    /// <summary>The number of tables that are not used again, because an invalidation failed.</summary>
    public long LeakedFrames { get; private protected set; }

    /// <summary>Returns true if a unit can translate by these tables.</summary>
    public abstract bool IsSupportedBy(in VtdCapabilities capabilities);

    /// <summary>Returns the PASID entry of a device that has nothing but these tables.</summary>
    public abstract PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId);

    /// <summary>Appends the invalidation of a range on one unit.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="capabilities">The capabilities of the unit.</param>
    /// <param name="domainId">The id of the domain on the unit.</param>
    /// <param name="pasids">The PASIDs of the domain on the unit.</param>
    /// <param name="pages">The pages whose entries changed.</param>
    public abstract void AppendInvalidation(InvalidationBatch batch, in VtdCapabilities capabilities, DomainId domainId, IEnumerable<Pasid> pasids, ChangedPages pages);

    /// <summary>Maps addresses to memory, in the largest pages that fit.</summary>
    /// <param name="range">The addresses.</param>
    /// <param name="physical">The physical address of the first byte, a multiple of 4096.</param>
    /// <param name="rights">The rights: read, write or both.</param>
    /// <exception cref="ArgumentException">Not whole pages, too wide, or no rights.</exception>
    /// <exception cref="IommuException">
    /// Something is mapped there: <see cref="IommuError.Busy"/>. There is no memory for tables: <see cref="IommuError.NoMemory"/>. Nothing changed.
    /// </exception>
    public abstract void Map(AddressRange range, ulong physical, MemoryRights rights);

    /// <summary>
    /// Removes mappings. Large pages across the ends of the range are split; where nothing is mapped, nothing is done. Tables that became empty are
    /// freed when <paramref name="invalidate"/> is complete.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="invalidate">
    /// Invalidates the range in all caches. Called once, when the entries have changed; with true if only leaf entries changed, so that caches of other entries may
    /// stay.
    /// </param>
    /// <returns>Completes when the range is invalidated: the memory behind it can be used for something else. If the invalidation fails, tables are
    /// lost (<see cref="LeakedFrames"/>), and its exception comes out here.</returns>
    /// <exception cref="ArgumentException">Too wide.</exception>
    /// <exception cref="IommuException">
    /// A large page must be split and there is no memory for a table: <see cref="IommuError.NoMemory"/>. Nothing changed.
    /// </exception>
    public abstract ValueTask UnmapAsync(AddressRange range, Func<AddressRange, bool, ValueTask> invalidate);

    /// <summary>Tries to translate an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="physical">The physical address; 0 if the address is not mapped.</param>
    /// <returns>True if the address is mapped; false if not.</returns>
    public abstract bool TryTranslate(ulong address, out ulong physical);

    /// <summary>Frees all tables. No unit may walk them, and no cache may have their entries.</summary>
    public abstract void Free();
}
