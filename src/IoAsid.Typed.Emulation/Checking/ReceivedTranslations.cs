using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The translations that devices have received in translation completions, and that their TLBs can contain.</summary>
internal sealed class ReceivedTranslations
{
    private static readonly int[] PageShifts = [12, 21, 30];

    // The key is the requester, the first translated address of the page, and the binary logarithm of its size.
    private readonly Dictionary<(RequesterId Requester, ulong Page, int Shift), List<Received>> _byPage = [];

    /// <summary>Records the entry of a translation completion.</summary>
    public void Add(TranslationQuery query, in TranslationEntry entry)
    {
        (RequesterId, ulong, int) key = (query.Requester, entry.Address, entry.PageShift);
        if (!_byPage.TryGetValue(key, out List<Received>? translations))
            _byPage[key] = translations = [];
        int shift = entry.PageShift;
        translations.RemoveAll(earlier => earlier.IsInvalidated
            || earlier.Query.Prefix == query.Prefix && earlier.Query.Address >> shift == query.Address >> shift);
        translations.Add(new Received(query, entry.PageShift, IsInvalidated: false));
    }

    /// <summary>Returns the translations of a device to the page of a translated address.</summary>
    public IReadOnlyList<Received> Of(RequesterId requester, ulong address) =>
    [
        .. PageShifts.SelectMany(shift =>
            _byPage.TryGetValue((requester, address >> shift << shift, shift), out List<Received>? translations) ? translations : []),
    ];

    /// <summary>Records a completed invalidation. The device must no longer use the translations that it covers.</summary>
    public void Invalidate(RequesterId requester, PasidPrefix prefix, ulong addressAndSize, bool allPasids)
    {
        DeviceTlbRange range = DeviceTlbRange.Decode(addressAndSize, (addressAndSize >> 11 & 1) != 0);
        foreach (((RequesterId device, _, _), List<Received> translations) in _byPage)
        {
            if (device != requester)
                continue;
            foreach (ref Received one in CollectionsMarshal.AsSpan(translations))
            {
                bool matchesPasid = allPasids || one.Query.Prefix.IsPresent == prefix.IsPresent && one.Query.Prefix.Pasid == prefix.Pasid;
                if (matchesPasid && Overlaps(range, one))
                    one = one with { IsInvalidated = true };
            }
        }
    }

    private static bool Overlaps(DeviceTlbRange range, in Received one)
    {
        ulong first = one.Query.Address >> one.PageShift << one.PageShift;
        return range.Contains(one.Query.Address) || (range.Address >= first && range.Address - first < 1UL << one.PageShift);
    }

    /// <summary>A translation that a device has received.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Received(TranslationQuery Query, int PageShift, bool IsInvalidated);
}
