using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The translations that devices were given and may use: what their TLBs may hold.</summary>
internal sealed class GivenTranslations
{
    private readonly Dictionary<(ushort Requester, ulong Frame), List<Given>> _byFrame = [];

    /// <summary>Remembers what a translation request was answered.</summary>
    public void Add(TranslationQuery query, in TranslationEntry entry)
    {
        // One frame of a large page stands for all: the device uses the page it asked for first.
        ulong frame = entry.Address + (query.Address & ((1UL << entry.PageShift) - 1)) >> 12;
        (ushort, ulong) key = (query.Requester, frame);
        if (!_byFrame.TryGetValue(key, out List<Given>? given))
            _byFrame[key] = given = [];
        given.RemoveAll(earlier => earlier.Query.Prefix == query.Prefix && earlier.Query.Address >> 12 == query.Address >> 12);
        given.Add(new Given(query, entry.PageShift, IsInvalidated: false));
    }

    /// <summary>What a device was given that leads to an address; empty if nothing does.</summary>
    public IReadOnlyList<Given> Of(RequesterId requester, ulong address)
    {
        if (_byFrame.TryGetValue((requester.Value, address >> 12), out List<Given>? exact))
            return exact;
        return [.. _byFrame.Where(pair => pair.Key.Requester == requester.Value).SelectMany(pair => pair.Value
            .Where(given => given.PageShift > 12 && pair.Key.Frame >> given.PageShift - 12 == address >> given.PageShift))];
    }

    /// <summary>Takes the end of an invalidation: what it covers may not be used any more.</summary>
    public void Invalidate(RequesterId requester, PasidPrefix prefix, ulong addressAndSize, bool allPasids)
    {
        DeviceTlbRange range = DeviceTlbRange.Decode(addressAndSize, (addressAndSize >> 11 & 1) != 0);
        foreach (((ushort of, _), List<Given> given) in _byFrame)
        {
            if (of != requester.Value)
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
