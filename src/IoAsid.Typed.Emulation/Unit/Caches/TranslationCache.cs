using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The IOTLB: whole translations by <see cref="TranslationTag"/> and page, dropped only as invalidations say.</summary>
internal sealed class TranslationCache(int capacity)
{
    private const int SizeClasses = 3;

    private readonly TaggedCache<TranslationKey, CachedTranslation> _cache = new(capacity);

    // How many there are of 4 KiB, 2 MiB and 1 GiB: a lookup tries only the sizes that exist.
    private readonly int[] _count = new int[SizeClasses];

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
    }

    /// <summary>Drops everything (global).</summary>
    public void Clear()
    {
        _cache.Clear();
        Array.Clear(_count);
        _pieces = 0;
    }

    /// <summary>Drops every translation of a domain.</summary>
    public void DropDomain(DomainId domain) => _cache.DropWhere(new OfDomain(this, domain));

    /// <summary>
    /// Drops the translations of pages of a domain, whatever stage translated them. Of nested ones the cache does not know the pages between the stages:
    /// all of them go.
    /// </summary>
    public void DropPagesOfDomain(DomainId domain, ulong address, int shift) =>
        _cache.DropWhere(new OfPagesOfDomain(this, domain, address, shift));

    /// <summary>Drops the translations that a first stage took part in, of one PASID in a domain.</summary>
    public void DropPasid(DomainId domain, Pasid pasid) =>
        _cache.DropWhere(new OfPasid(this, TranslationTag.OfPasid(domain, pasid)));

    /// <summary>Drops the translations of pages of one PASID in a domain: each piece of a page that is touched.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="address">An input address in the range.</param>
    /// <param name="shift">Binary logarithm of the size of the range in bytes, 12 or more. The range is aligned to its size.</param>
    public void DropPages(DomainId domain, Pasid pasid, ulong address, int shift)
    {
        TranslationTag tag = TranslationTag.OfPasid(domain, pasid);
        if (_pieces == 0 && shift == 12)
            DropOnePage(tag, address);
        else
            _cache.DropWhere(new OfPages(this, tag, address, shift));
    }

    private void DropOnePage(TranslationTag tag, ulong address)
    {
        for (int size = 0; size < SizeClasses; size++)
        {
            if (_count[size] != 0 && _cache.Drop(new TranslationKey(tag, address, ShiftOf(size)), out CachedTranslation dropped))
                Uncount(dropped);
        }
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
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(key.Tag.Domain == domain, value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPagesOfDomain(TranslationCache cache, DomainId domain, ulong address, int shift)
        : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(
            key.Tag.Domain == domain && (value.IsNested || Overlap(key.Address, value.PageShift, address, shift)),
            value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPasid(TranslationCache cache, TranslationTag tag) : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(key.Tag == tag, value);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPages(TranslationCache cache, TranslationTag tag, ulong address, int shift)
        : ICacheCondition<TranslationKey, CachedTranslation>
    {
        public bool Holds(TranslationKey key, in CachedTranslation value) => cache.Uncounted(
            key.Tag == tag && Overlap(key.Address, Math.Max(value.PageShift, value.FirstStageShift), address, shift),
            value);
    }
}
