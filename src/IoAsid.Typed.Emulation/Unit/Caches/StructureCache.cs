using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The paging-structure caches of one stage (VT-d 6.2.5): a PDE, a PDPE, a PML4 and a PML5 cache. A walk begins below the lowest entry that is cached for its
/// address. Entries of a second stage have PASID 0.
/// </summary>
internal sealed class StructureCache
{
    private const int LowestLevel = 2;
    private const int HighestLevel = 5;

    // By the level, from the lowest one on.
    private readonly TaggedCache<StructureKey, CachedStructure>[] _levels;

    /// <param name="capacity">The number of entries of each level: a power of two, at least 4.</param>
    public StructureCache(int capacity) =>
        _levels = [.. Enumerable.Range(LowestLevel, HighestLevel - LowestLevel + 1).Select(_ => new TaggedCache<StructureKey, CachedStructure>(capacity))];

    /// <summary>The number of entries of all levels.</summary>
    public int Count => _levels.Sum(level => level.Count);

    /// <summary>The observer of walks that begin at a cached entry.</summary>
    public IStructureObserver? Observer { get; set; }

    /// <summary>Finds the lowest entry for an address; returns a null reference if there is none. It is valid until the cache changes.</summary>
    /// <param name="domain">The domain id of the tables.</param>
    /// <param name="pasid">The PASID of a first stage.</param>
    /// <param name="address">The input address.</param>
    /// <param name="level">The number of levels of the tables; then the level of the entry.</param>
    public ref readonly CachedStructure Find(DomainId domain, Pasid pasid, ulong address, ref int level)
    {
        for (int at = LowestLevel; at <= level; at++)
        {
            TaggedCache<StructureKey, CachedStructure> cache = _levels[at - LowestLevel];
            if (cache.Count == 0)
                continue;
            ref CachedStructure found = ref cache.Find(new StructureKey(domain, pasid, address, at));
            if (Unsafe.IsNullRef(ref found))
                continue;
            level = at;
            return ref found;
        }

        return ref Unsafe.NullRef<CachedStructure>();
    }

    /// <summary>Adds an entry, in place of an older one for the same addresses.</summary>
    public void Add(DomainId domain, Pasid pasid, ulong address, int level, in CachedStructure structure) =>
        _levels[level - LowestLevel].Add(new StructureKey(domain, pasid, address, level), structure, out _);

    /// <summary>Drops every entry.</summary>
    public void Clear()
    {
        foreach (TaggedCache<StructureKey, CachedStructure> cache in _levels)
            cache.Clear();
    }

    /// <summary>Drops the entries of a domain.</summary>
    public void DropDomain(DomainId domain)
    {
        foreach (TaggedCache<StructureKey, CachedStructure> cache in _levels)
            cache.DropWhere(new OfDomain(domain));
    }

    /// <summary>Drops the entries of one PASID in a domain.</summary>
    public void DropPasid(DomainId domain, Pasid pasid)
    {
        foreach (TaggedCache<StructureKey, CachedStructure> cache in _levels)
            cache.DropWhere(new OfPasid(domain, pasid));
    }

    /// <summary>Drops the entries of one PASID in a domain that select tables for some address of a range.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID of a first stage.</param>
    /// <param name="address">An address of the range.</param>
    /// <param name="shift">The binary logarithm of the size of the range in bytes. The range is aligned to its size.</param>
    public void DropPages(DomainId domain, Pasid pasid, ulong address, int shift)
    {
        for (int level = LowestLevel; level <= HighestLevel; level++)
        {
            TaggedCache<StructureKey, CachedStructure> cache = _levels[level - LowestLevel];
            if (shift <= TranslationTables.ShiftOf(level))
                cache.Drop(new StructureKey(domain, pasid, address, level), out _);
            else
                cache.DropWhere(new OfPages(domain, pasid, level, address, shift));
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfDomain(DomainId domain) : ICacheCondition<StructureKey, CachedStructure>
    {
        public bool Holds(StructureKey key, in CachedStructure value) => key.Domain == domain;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPasid(DomainId domain, Pasid pasid) : ICacheCondition<StructureKey, CachedStructure>
    {
        public bool Holds(StructureKey key, in CachedStructure value) => key.Domain == domain && key.Pasid == pasid;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPages(DomainId domain, Pasid pasid, int level, ulong address, int shift) : ICacheCondition<StructureKey, CachedStructure>
    {
        public bool Holds(StructureKey key, in CachedStructure value) =>
            key.Domain == domain && key.Pasid == pasid && key.Overlaps(level, address, shift);
    }
}
