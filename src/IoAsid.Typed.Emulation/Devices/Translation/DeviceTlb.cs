using System.Numerics;
using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A device TLB: the translations that a function has received and that are not invalidated. A full TLB replaces the oldest translation. It then allocates
/// nothing.
/// </summary>
internal sealed class DeviceTlb
{
    private const int NoSlot = -1;

    private readonly Dictionary<Key, int> _slots;
    private readonly Slot[] _held;
    private readonly int[] _heldByShift = new int[64];
    private ulong _shifts;
    private int _globals;
    private int _next;

    public DeviceTlb(int capacity)
    {
        _held = new Slot[capacity];
        _slots = new Dictionary<Key, int>(capacity);
    }

    /// <summary>The number of translations.</summary>
    public int Count => _slots.Count;

    /// <summary>Tries to find the translation of an address.</summary>
    public bool TryFind(PasidPrefix prefix, ulong address, out TranslationEntry entry)
    {
        int slot = Find(TranslationSpace.Of(prefix), address);
        if (slot == NoSlot && _globals != 0)
            slot = Find(TranslationSpace.GlobalOf(prefix), address);
        entry = slot == NoSlot ? default : _held[slot].Entry;
        return slot != NoSlot;
    }

    /// <summary>Adds a translation. It replaces an earlier translation of the same page.</summary>
    public void Add(PasidPrefix prefix, ulong address, in TranslationEntry entry)
    {
        TranslationSpace space = entry.Global ? TranslationSpace.GlobalOf(prefix) : TranslationSpace.Of(prefix);
        Key key = new(space, address >> entry.PageShift, entry.PageShift);
        if (_slots.TryGetValue(key, out int slot))
        {
            _held[slot] = new Slot(key, entry, IsUsed: true);
            return;
        }

        slot = _next;
        _next = (_next + 1) % _held.Length;
        if (_held[slot].IsUsed)
            RemoveSlot(slot);
        _held[slot] = new Slot(key, entry, IsUsed: true);
        _slots.Add(key, slot);
        UpdateCounts(key, 1);
    }

    /// <summary>Removes all translations that overlap an invalidation.</summary>
    public void Invalidate(in InvalidateRequestMessage message, DeviceTlbRange range)
    {
        for (int slot = 0; slot < _held.Length; slot++)
        {
            ref readonly Slot held = ref _held[slot];
            if (held.IsUsed && held.Key.Space.IsCoveredBy(message) && held.Key.Overlaps(range))
                RemoveSlot(slot);
        }
    }

    /// <summary>Removes all translations.</summary>
    public void Clear()
    {
        for (int slot = 0; slot < _held.Length; slot++)
        {
            if (_held[slot].IsUsed)
                RemoveSlot(slot);
        }
    }

    private int Find(TranslationSpace space, ulong address)
    {
        for (ulong left = _shifts; left != 0; left &= left - 1)
        {
            int shift = BitOperations.TrailingZeroCount(left);
            if (_slots.TryGetValue(new Key(space, address >> shift, shift), out int slot))
                return slot;
        }

        return NoSlot;
    }

    private void RemoveSlot(int slot)
    {
        Key key = _held[slot].Key;
        _held[slot] = default;
        _slots.Remove(key);
        UpdateCounts(key, -1);
    }

    private void UpdateCounts(in Key key, int by)
    {
        int held = _heldByShift[key.Shift] += by;
        _shifts = held == 0 ? _shifts & ~(1UL << key.Shift) : _shifts | 1UL << key.Shift;
        if (key.Space.IsGlobal)
            _globals += by;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(TranslationSpace Space, ulong Page, int Shift)
    {
        public bool Overlaps(DeviceTlbRange range)
        {
            ulong first = Page << Shift;
            ulong last = first | (1UL << Shift) - 1;
            return first <= range.LastAddress && range.Address <= last;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Slot(Key Key, TranslationEntry Entry, bool IsUsed);
}
