using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The mapping of a domain's addresses to memory. The memory behind the addresses belongs to the caller. The class is not thread-safe: it runs in steps of one
/// machine.
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

    /// <summary>The number of tables that are not used again because an invalidation failed.</summary>
    public long LeakedFrames { get; private protected set; }

    /// <summary>Returns true if a unit can translate by these tables.</summary>
    public abstract bool IsSupportedBy(in VtdCapabilities capabilities);

    /// <summary>Returns the PASID entry of a device that translates by these tables alone.</summary>
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
    /// <exception cref="ArgumentException">
    /// The range is too wide or does not consist of whole pages, or <paramref name="rights"/> is empty. Nothing changed.
    /// </exception>
    /// <exception cref="IommuException">
    /// <see cref="IommuError.Busy"/>: an address is already mapped. <see cref="IommuError.NoMemory"/>: no memory is left for tables. Nothing changed.
    /// </exception>
    public abstract void Map(AddressRange range, ulong physical, MemoryRights rights);

    /// <summary>
    /// Unmaps addresses. Large pages across the ends of the range are split. Addresses that are not mapped are skipped. Tables that became empty are freed
    /// after <paramref name="invalidate"/> has completed.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="invalidate">
    /// Invalidates the range in all caches. It is called once, after the entries have changed. Its second argument is true if only leaf entries changed, so
    /// that caches of other entries stay valid.
    /// </param>
    /// <returns>
    /// A task that completes when the range is invalidated. The memory behind it can then be used again. If the invalidation fails, the task has its exception,
    /// and the tables are lost (<see cref="LeakedFrames"/>).
    /// </returns>
    /// <exception cref="ArgumentException">The range is too wide. Nothing changed.</exception>
    /// <exception cref="IommuException">
    /// <see cref="IommuError.NoMemory"/>: a large page must be split, and no memory is left for a table. Nothing changed.
    /// </exception>
    public abstract ValueTask UnmapAsync(AddressRange range, Func<AddressRange, bool, ValueTask> invalidate);

    /// <summary>Tries to translate an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="physical">The physical address, or 0 if the address is not mapped.</param>
    /// <returns>true if the address is mapped; otherwise, false.</returns>
    public abstract bool TryTranslate(ulong address, out ulong physical);

    /// <summary>Frees all tables. No unit may walk the tables, and no cache may have their entries.</summary>
    public abstract void Free();
}
