using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The IOTLB. A lookup uses <see cref="TranslationTag"/> and page. Invalidations select translations by domain, PASID and page (VT-d 6.2.4, Tables 23 and 24).
/// </summary>
internal sealed class TranslationCache(int capacity)
{
    // Pages have 4 KiB, 2 MiB or 1 GiB.
    private const int HighestLevel = 3;

    // With more sources than this, a search of the whole cache is quicker than a lookup of one page for each source.
    private const int MaximumSources = 32;

    // No tag has these bits.
    private const ulong NoSource = ulong.MaxValue;

    private readonly TaggedCache<TranslationKey, CachedTranslation> _cache = new(capacity);

    // The number of pages of each level, from 1.
    private readonly int[] _count = new int[HighestLevel + 1];

    // The sources of translations since the cache was empty. A set bit is a source in the list.
    private readonly List<int> _sources = new(MaximumSources + 1);
    private readonly ulong[] _seen = new ulong[TranslationTag.Sources / 64];

    // The bits of the source of the last addition, which is in the list.
    private ulong _lastSource = NoSource;

    // A bit for each level with pages. A lookup skips the other levels.
    private uint _levels;

    // The number of pieces of larger pages of the first stage. Only a search of the whole cache finds all pieces of a page.
    private int _pieces;

    /// <summary>The number of cached translations.</summary>
    public int Count => _cache.Count;

    /// <summary>Finds the translation of an address. Returns a reference that is valid until the cache changes, or a null reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly CachedTranslation Find(TranslationTag tag, ulong address)
    {
        for (uint levels = _levels; levels != 0; levels &= levels - 1)
        {
            int level = BitOperations.TrailingZeroCount(levels);
            ref CachedTranslation found = ref _cache.Find(new TranslationKey(tag, address, TranslationTables.ShiftOf(level)));
            if (!Unsafe.IsNullRef(ref found))
                return ref found;
        }

        return ref Unsafe.NullRef<CachedTranslation>();
    }

    /// <summary>Adds a translation in place of an older one of the same page.</summary>
    public void Add(TranslationTag tag, ulong address, CachedTranslation translation)
    {
        CachedTranslation replaced = _cache.Add(new TranslationKey(tag, address, translation.PageShift), translation);
        if (!replaced.HasLevelsOf(translation))
            Recount(replaced, translation);
        if (tag.SourceBits != _lastSource)
            AddSource(tag);
    }

    /// <summary>Removes all translations.</summary>
    public void Clear()
    {
        _cache.Clear();
        Array.Clear(_count);
        _levels = 0;
        _pieces = 0;
        _sources.Clear();
        _lastSource = NoSource;
        Array.Clear(_seen);
    }

    /// <summary>Removes all translations of a domain.</summary>
    public void InvalidateDomain(DomainId domain) => _cache.RemoveWhere(new OfDomain(this, domain));

    /// <summary>
    /// Removes the translations of pages of a domain. The cache does not know the pages of the second stage if a first stage translated, so all of these
    /// translations of the domain are removed.
    /// </summary>
    public void InvalidateDomainPages(DomainId domain, ulong address, int shift) =>
        _cache.RemoveWhere(new OfPagesOfDomain(this, domain, address, shift));

    /// <summary>Removes all translations of one PASID in a domain.</summary>
    public void InvalidatePasid(DomainId domain, Pasid pasid) => _cache.RemoveWhere(new OfPasid(this, domain, pasid));

    /// <summary>Removes the first-stage and nested translations of pages of one PASID in a domain, with all pieces of each page.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="address">An input address in the range.</param>
    /// <param name="shift">The binary logarithm of the size of the range in bytes, 12 or more. The range is aligned to its size.</param>
    public void InvalidatePages(DomainId domain, Pasid pasid, ulong address, int shift)
    {
        OfPages condition = new(this, domain, pasid, address, shift);
        if (_pieces != 0 || shift != TranslationTables.ShiftOf(1) || _sources.Count > MaximumSources)
        {
            _cache.RemoveWhere(condition);
            return;
        }

        foreach (int source in _sources)
            RemovePage(TranslationTag.Of(source, pasid), address, condition);
    }

    private void RemovePage(TranslationTag tag, ulong address, in OfPages condition)
    {
        for (uint levels = _levels; levels != 0; levels &= levels - 1)
            _cache.RemoveIf(new TranslationKey(tag, address, TranslationTables.ShiftOf(BitOperations.TrailingZeroCount(levels))), condition);
    }

    private void AddSource(TranslationTag tag)
    {
        _lastSource = tag.SourceBits;
        int source = tag.Source;
        ref ulong word = ref _seen[source >> 6];
        ulong bit = 1UL << source;
        if ((word & bit) != 0)
            return;
        word |= bit;
        _sources.Add(source);
    }

    private bool CountRemoval(bool isRemoved, in CachedTranslation translation)
    {
        if (isRemoved)
            Uncount(translation);
        return isRemoved;
    }

    private void Recount(CachedTranslation replaced, CachedTranslation translation)
    {
        // The default value, which a first translation replaces, has level 0. Nothing reads its count.
        Uncount(replaced);
        _count[translation.Level]++;
        _levels |= 1u << translation.Level;
        _pieces += translation.IsPiece ? 1 : 0;
    }

    private void Uncount(CachedTranslation translation)
    {
        if (--_count[translation.Level] == 0)
            _levels &= ~(1u << translation.Level);
        _pieces -= translation.IsPiece ? 1 : 0;
    }

    private static bool Overlap(ulong one, int oneShift, ulong other, int otherShift)
    {
        int shift = Math.Max(oneShift, otherShift);
        return shift >= 64 || one >> shift == other >> shift;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfDomain(TranslationCache cache, DomainId domain) : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.CountRemoval(value.Domain == domain, value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPagesOfDomain(TranslationCache cache, DomainId domain, ulong address, int shift)
        : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.CountRemoval(
            value.Domain == domain && (value.HasFirstStage || Overlap(key.Address, value.PageShift, address, shift)),
            value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPasid(TranslationCache cache, DomainId domain, Pasid pasid) : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) =>
            cache.CountRemoval(value.Domain == domain && value.Pasid == pasid, value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPages(TranslationCache cache, DomainId domain, Pasid pasid, ulong address, int shift)
        : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.CountRemoval(
            value.HasFirstStage && value.Domain == domain && value.Pasid == pasid
            && Overlap(key.Address, value.WidestShift, address, shift),
            value);
    }
}
