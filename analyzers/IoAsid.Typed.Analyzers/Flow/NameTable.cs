namespace IoAsid.Typed.Analyzers;

/// <summary>The bits of the slots that the followed value gets into.</summary>
internal sealed class NameTable
{
    private const int Bits = 64;

    private readonly Dictionary<Slot, int> _bits = [];

    /// <summary>Returns the bit of a slot that the followed value gets into; 0 when there are no more.</summary>
    public ulong BitFor(Slot slot)
    {
        if (!_bits.TryGetValue(slot, out int bit) && _bits.Count < Bits)
            _bits[slot] = bit = _bits.Count;

        return _bits.ContainsKey(slot) ? 1UL << bit : 0;
    }

    /// <summary>Returns the slots that the followed value is in.</summary>
    public IEnumerable<Slot> SlotsIn(ulong names) => _bits.Where(slot => (names & (1UL << slot.Value)) != 0).Select(slot => slot.Key);

    /// <summary>Returns true if the followed value is in a slot.</summary>
    public bool IsIn(ulong names, Slot slot) => _bits.TryGetValue(slot, out int bit) && (names & (1UL << bit)) != 0;
}
