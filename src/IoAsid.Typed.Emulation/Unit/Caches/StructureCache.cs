using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The paging-structure caches of one stage (VT-d 6.2.5): a PDE, a PDPE, a PML4 and a PML5 cache. A walk begins below the lowest entry that is cached for its
/// address. Tags are the domain, for a first stage also the PASID, and the part of the input address that selects the entry (VT-d Tables 17 and 19). Entries of
/// a second stage have PASID 0. Each entry has one place, from which a newer one with the same place removes it.
/// </summary>
internal sealed class StructureCache
{
    private const int LowestLevel = 2;
    private const int Levels = 4;

    // Canonical addresses repeat their highest bit: 57 bits tell all of them apart.
    private const ulong AddressBits = (1UL << 57) - 1;

    // The places of the lowest level come first. An invalidation reads all places of a level.
    private readonly Entry[] _entries;
    private readonly int[] _used = new int[Levels];
    private readonly int _capacity;
    private readonly int _placeMask;

    // A bit for each level with entries. A lookup skips the other levels.
    private uint _levels;

    /// <param name="capacity">The number of entries of each level: a power of two.</param>
    public StructureCache(int capacity)
    {
        _entries = new Entry[Levels * capacity];
        _capacity = capacity;
        _placeMask = capacity - 1;
    }

    /// <summary>The number of entries of all levels.</summary>
    public int Count => _used.Sum();

    /// <summary>Finds the lowest entry of an address. Returns a reference that is valid until the cache changes, or a null reference.</summary>
    /// <param name="tag">The tag of the tables.</param>
    /// <param name="address">The input address.</param>
    /// <param name="levels">The number of levels of the tables.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly CachedStructure Find(StructureTag tag, ulong address, int levels)
    {
        for (uint left = _levels; left != 0; left &= left - 1)
        {
            int level = BitOperations.TrailingZeroCount(left);
            if (level > levels)
                break;
            ulong region = RegionOf(address, level);
            ref Entry entry = ref SlotOf(tag, region, level);
            if (entry.Region == region && entry.Tag == tag)
                return ref entry.Structure;
        }

        return ref Unsafe.NullRef<CachedStructure>();
    }

    /// <summary>Adds an entry, in place of an older one for the same addresses.</summary>
    public void Add(StructureTag tag, ulong address, CachedStructure structure)
    {
        int level = structure.Level;
        ulong region = RegionOf(address, level);
        ref Entry entry = ref SlotOf(tag, region, level);
        if (entry.Tag == default)
            CountEntry(level);
        entry.Tag = tag;
        entry.Region = region;
        entry.Structure = structure;
    }

    /// <summary>Removes all entries.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        Array.Clear(_used);
        _levels = 0;
    }

    /// <summary>Removes the entries of a domain.</summary>
    public void InvalidateDomain(DomainId domain)
    {
        for (int level = LowestLevel; level < LowestLevel + Levels; level++)
            RemoveWhere(level, new OfDomain(domain));
    }

    /// <summary>Removes the entries of one PASID in a domain.</summary>
    public void InvalidatePasid(DomainId domain, Pasid pasid)
    {
        for (int level = LowestLevel; level < LowestLevel + Levels; level++)
            RemoveWhere(level, new OfTag(new StructureTag(domain, pasid)));
    }

    /// <summary>Removes the entries of one PASID in a domain that select tables for an address in a range.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID of a first stage.</param>
    /// <param name="address">An address of the range.</param>
    /// <param name="shift">The binary logarithm of the size of the range in bytes. The range is aligned to its size.</param>
    public void InvalidatePages(DomainId domain, Pasid pasid, ulong address, int shift)
    {
        StructureTag tag = new(domain, pasid);
        for (int level = LowestLevel; level < LowestLevel + Levels; level++)
        {
            int own = TranslationTables.ShiftOf(level);
            if (shift > own)
                RemoveWhere(level, new OfRange(tag, RegionOf(address, level), shift - own));
            else if (_used[level - LowestLevel] != 0)
                RemoveOne(tag, RegionOf(address, level), level);
        }
    }

    private void RemoveOne(StructureTag tag, ulong region, int level)
    {
        ref Entry entry = ref SlotOf(tag, region, level);
        if (entry.Region == region && entry.Tag == tag)
            Remove(ref entry, level);
    }

    private void RemoveWhere<TCondition>(int level, TCondition condition)
        where TCondition : struct, ICondition
    {
        if (_used[level - LowestLevel] == 0)
            return;
        foreach (ref Entry entry in _entries.AsSpan((level - LowestLevel) * _capacity, _capacity))
        {
            if (entry.Tag != default && condition.Holds(entry.Tag, entry.Region))
                Remove(ref entry, level);
        }
    }

    private void Remove(ref Entry entry, int level)
    {
        entry = default;
        if (--_used[level - LowestLevel] == 0)
            _levels &= ~(1u << level);
    }

    private void CountEntry(int level)
    {
        _used[level - LowestLevel]++;
        _levels |= 1u << level;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry SlotOf(StructureTag tag, ulong region, int level)
    {
        int place = (int)(region + tag.Hash) & _placeMask;
        return ref _entries[(level - LowestLevel) * _capacity + place];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RegionOf(ulong address, int level) => (address & AddressBits) >> TranslationTables.ShiftOf(level);

    /// <summary>The condition that selects the entries to remove.</summary>
    private interface ICondition
    {
        bool Holds(StructureTag tag, ulong region);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public StructureTag Tag;
        public ulong Region;
        public CachedStructure Structure;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfDomain(DomainId domain) : ICondition
    {
        public bool Holds(StructureTag tag, ulong region) => tag.Domain == domain;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfTag(StructureTag wanted) : ICondition
    {
        public bool Holds(StructureTag tag, ulong region) => tag == wanted;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfRange(StructureTag wanted, ulong first, int shift) : ICondition
    {
        public bool Holds(StructureTag tag, ulong region) => tag == wanted && region >> shift == first >> shift;
    }
}
