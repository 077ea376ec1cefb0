using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The IOTLB: whole translations, looked up by <see cref="TranslationTag"/> and page, dropped by domain, PASID and page as invalidations say (VT-d 6.2.4,
/// tables 23 and 24).
/// </summary>
internal sealed class TranslationCache(int capacity)
{
    private const int SizeClasses = 3;

    // With more requesters than this it is quicker to look at everything than to look up a page of each.
    private const int MaximumRequesters = 32;

    private readonly TaggedCache<TranslationKey, CachedTranslation> _cache = new(capacity);

    // How many there are of 4 KiB, 2 MiB and 1 GiB: a lookup tries only the sizes that exist.
    private readonly int[] _count = new int[SizeClasses];

    // The requesters that may have translations here: every one since the cache was empty. A set bit is a requester in the list.
    private readonly List<RequesterId> _requesters = new(MaximumRequesters + 1);
    private readonly ulong[] _seen = new ulong[(ushort.MaxValue + 1) / 64];

    // Those that are pieces of a larger page of the first stage: finding all pieces of one page takes a look at everything.
    private int _pieces;

    /// <summary>How many translations are cached.</summary>
    public int Count => _cache.Count;

    /// <summary>Finds the translation of an address; a null reference if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly CachedTranslation Find(TranslationTag tag, ulong address)
    {
        for (int size = 0; size < SizeClasses; size++)
        {
            if (_count[size] == 0)
                continue;
            ref CachedTranslation found = ref _cache.Find(new TranslationKey(tag, address, ShiftOf(size)));
            if (!Unsafe.IsNullRef(ref found))
                return ref found;
        }

        return ref Unsafe.NullRef<CachedTranslation>();
    }

    /// <summary>Remembers a translation, in place of an older one of the same page.</summary>
    public void Add(TranslationTag tag, ulong address, in CachedTranslation translation)
    {
        if (_cache.Add(new TranslationKey(tag, address, translation.PageShift), translation, out CachedTranslation pushedOut))
            Uncount(pushedOut);
        _count[SizeOf(translation)]++;
        _pieces += translation.IsPiece ? 1 : 0;
        Note(tag.Requester);
    }

    /// <summary>Drops everything (global).</summary>
    public void Clear()
    {
        _cache.Clear();
        Array.Clear(_count);
        _pieces = 0;
        _requesters.Clear();
        Array.Clear(_seen);
    }

    /// <summary>Drops every translation of a domain.</summary>
    public void DropDomain(DomainId domain) => _cache.DropWhere(new OfDomain(this, domain));

    /// <summary>
    /// Drops the translations of pages of a domain. Of those that a first stage took part in the cache does not know the pages of the second stage: all of
    /// the domain go.
    /// </summary>
    public void DropPagesOfDomain(DomainId domain, ulong address, int shift) =>
        _cache.DropWhere(new OfPagesOfDomain(this, domain, address, shift));

    /// <summary>Drops every translation of one PASID in a domain.</summary>
    public void DropPasid(DomainId domain, Pasid pasid) => _cache.DropWhere(new OfPasid(this, domain, pasid));

    /// <summary>Drops the translations of pages of one PASID in a domain that a first stage took part in: each piece of a page that is touched.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="address">An input address in the range.</param>
    /// <param name="shift">Binary logarithm of the size of the range in bytes, 12 or more. The range is aligned to its size.</param>
    public void DropPages(DomainId domain, Pasid pasid, ulong address, int shift)
    {
        OfPages condition = new(this, domain, pasid, address, shift);
        if (_pieces != 0 || shift != 12 || _requesters.Count > MaximumRequesters)
        {
            _cache.DropWhere(condition);
            return;
        }

        foreach (RequesterId requester in _requesters)
        {
            DropOnePage(new TranslationTag(requester, new PasidPrefix(pasid)), address, condition);
            DropOnePage(new TranslationTag(requester, default), address, condition);
        }
    }

    private void DropOnePage(TranslationTag tag, ulong address, in OfPages condition)
    {
        for (int size = 0; size < SizeClasses; size++)
        {
            if (_count[size] == 0)
                continue;
            TranslationKey key = new(tag, address, ShiftOf(size));
            ref CachedTranslation found = ref _cache.Find(key);
            if (!Unsafe.IsNullRef(ref found) && condition.Holds(key, found))
                _cache.Drop(key, out _);
        }
    }

    private void Note(RequesterId requester)
    {
        ref ulong word = ref _seen[requester.Value / 64];
        ulong bit = 1UL << requester.Value % 64;
        if ((word & bit) != 0)
            return;
        word |= bit;
        _requesters.Add(requester);
    }

    private bool Uncounted(bool goes, in CachedTranslation translation)
    {
        if (goes)
            Uncount(translation);
        return goes;
    }

    private void Uncount(in CachedTranslation translation)
    {
        _count[SizeOf(translation)]--;
        _pieces -= translation.IsPiece ? 1 : 0;
    }

    private static int SizeOf(in CachedTranslation translation) => (translation.PageShift - 12) / 9;

    private static int ShiftOf(int size) => 12 + 9 * size;

    private static bool Overlap(ulong one, int oneShift, ulong other, int otherShift)
    {
        int shift = Math.Max(oneShift, otherShift);
        return shift >= 64 || one >> shift == other >> shift;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfDomain(TranslationCache cache, DomainId domain) : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(value.Domain == domain, value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPagesOfDomain(TranslationCache cache, DomainId domain, ulong address, int shift)
        : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(
            value.Domain == domain && (value.HasFirstStage || Overlap(key.Address, value.PageShift, address, shift)),
            value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPasid(TranslationCache cache, DomainId domain, Pasid pasid) : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) =>
            cache.Uncounted(value.Domain == domain && value.Pasid == pasid, value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPages(TranslationCache cache, DomainId domain, Pasid pasid, ulong address, int shift)
        : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(
            value.HasFirstStage && value.Domain == domain && value.Pasid == pasid
            && Overlap(key.Address, Math.Max(value.PageShift, value.FirstStageShift), address, shift),
            value);
    }
}
