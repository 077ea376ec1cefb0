using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The translations that devices were given and may use: what their TLBs may hold.</summary>
internal sealed class GivenTranslations
{
    private static readonly int[] PageShifts = [12, 21, 30];

    // By the first address of the page, and its size.
    private readonly Dictionary<(RequesterId Requester, ulong Page, int Shift), List<Given>> _byPage = [];

    /// <summary>Remembers what a translation request was answered.</summary>
    public void Add(TranslationQuery query, in TranslationEntry entry)
    {
        (RequesterId, ulong, int) key = (query.Requester, entry.Address, entry.PageShift);
        if (!_byPage.TryGetValue(key, out List<Given>? given))
            _byPage[key] = given = [];
        int shift = entry.PageShift;
        given.RemoveAll(earlier => earlier.IsInvalidated
            || earlier.Query.Prefix == query.Prefix && earlier.Query.Address >> shift == query.Address >> shift);
        given.Add(new Given(query, entry.PageShift, IsInvalidated: false));
    }

    /// <summary>What a device was given that leads to an address; empty if nothing does.</summary>
    public IReadOnlyList<Given> Of(RequesterId requester, ulong address) =>
    [
        .. PageShifts.SelectMany(shift =>
            _byPage.TryGetValue((requester, address >> shift << shift, shift), out List<Given>? given) ? given : []),
    ];

    /// <summary>Takes the end of an invalidation: what it covers may not be used any more.</summary>
    public void Invalidate(RequesterId requester, PasidPrefix prefix, ulong addressAndSize, bool allPasids)
    {
        DeviceTlbRange range = DeviceTlbRange.Decode(addressAndSize, (addressAndSize >> 11 & 1) != 0);
        foreach (((RequesterId of, _, _), List<Given> given) in _byPage)
        {
            if (of != requester)
                continue;
            foreach (ref Given one in CollectionsMarshal.AsSpan(given))
            {
                bool meant = allPasids || one.Query.Prefix.IsPresent == prefix.IsPresent && one.Query.Prefix.Pasid == prefix.Pasid;
                if (meant && Covers(range, one))
                    one = one with { IsInvalidated = true };
            }
        }
    }

    private static bool Covers(DeviceTlbRange range, in Given given)
    {
        ulong first = given.Query.Address >> given.PageShift << given.PageShift;
        return range.Contains(given.Query.Address) || (range.Address >= first && range.Address - first < 1UL << given.PageShift);
    }

    /// <summary>A translation that a device was given.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Given(TranslationQuery Query, int PageShift, bool IsInvalidated);
}
