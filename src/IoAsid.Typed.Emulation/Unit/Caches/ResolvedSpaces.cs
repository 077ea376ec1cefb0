using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The address spaces to which the context cache and the PASID cache led recent requests of scalable mode. A request of the same requester, prefix and address type
/// finds its address space without a search of the two caches and without the checks of the context entry. An address space is found only while neither of the two
/// caches has changed, so a request gets exactly what the two caches would give. The places are few: requests of more sources replace each other's address spaces.
/// </summary>
internal sealed class ResolvedSpaces(TaggedCache<RequesterKey, ScalableContextEntry> contexts, TaggedCache<RequesterKey, AddressSpaceContext> pasids)
{
    private const int Capacity = 16;
    private const int PrefixPlace = 16;
    private const int TypePlace = 48;

    // No key is the default.
    private const ulong UsedBit = 1UL << 63;

    private readonly Entry[] _entries = new Entry[Capacity];

    /// <summary>Finds the address space of a request. Returns a reference that is valid until the next change, or a null reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly AddressSpaceContext Find(in TranslationQuery query)
    {
        ulong key = KeyOf(query);
        ref Entry entry = ref EntryOf(key);
        return ref entry.Key == key && entry.Changes == Changes ? ref entry.Space : ref Unsafe.NullRef<AddressSpaceContext>();
    }

    /// <summary>Adds the address space to which the caches led a request, in place of an older one.</summary>
    public void Add(in TranslationQuery query, in AddressSpaceContext space)
    {
        ulong key = KeyOf(query);
        ref Entry entry = ref EntryOf(key);
        entry.Key = key;
        entry.Changes = Changes;
        entry.Space = space;
    }

    /// <summary>Removes all address spaces.</summary>
    public void Clear() => Array.Clear(_entries);

    // Neither number ever gets smaller, so an equal sum means two equal numbers.
    private ulong Changes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => contexts.Changes + pasids.Changes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyOf(in TranslationQuery query) =>
        UsedBit | (ulong)query.AddressType << TypePlace | (ulong)query.Prefix.Bits << PrefixPlace | query.Requester.Value;

    // PASIDs of one requester, and requesters without PASID, are spread.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry EntryOf(ulong key) => ref _entries[(int)(key ^ key >> PrefixPlace) & (Capacity - 1)];

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public ulong Key;
        public ulong Changes;
        public AddressSpaceContext Space;
    }
}
