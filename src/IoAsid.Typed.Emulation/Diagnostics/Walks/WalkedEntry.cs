using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>An entry that a walk has read, with the bits as they were read.</summary>
internal sealed class WalkedEntry
{
    private readonly Layout _layout;
    private readonly EntryPosition _position;
    private readonly ulong[] _words;
    private readonly ulong[] _reserved;

    private WalkedEntry(Layout layout, EntryPosition position, ulong[] words, ulong[] reserved, ulong? secondStageInput)
    {
        _layout = layout;
        _position = position;
        _words = words;
        _reserved = reserved;
        SecondStageInput = secondStageInput;
    }

    /// <summary>The input address of the second-stage walk that read the entry; null for entries of other walks.</summary>
    public ulong? SecondStageInput { get; }

    public ulong Address => _position.Address;

    /// <summary>The first word after the update that a unit would make.</summary>
    public ulong UpdatedWord { get; set; }

    public bool IsFirstStage => ReferenceEquals(_layout, FirstStageEntry.Layout);

    public static WalkedEntry Of<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved, ulong? secondStageInput)
        where TEntry : struct, IBitStructure<TEntry, TBits>
        where TBits : struct, IBits<TBits>
    {
        ulong[] words = new ulong[TBits.Words];
        ulong[] mask = new ulong[TBits.Words];
        RawWords.Write(entry.Bits, words);
        RawWords.Write(reserved, mask);
        return new WalkedEntry(TEntry.Layout, position, words, mask, secondStageInput) { UpdatedWord = words[0] };
    }

    /// <summary>The name and address of the entry, and the raw words up to the last word that is not zero.</summary>
    public string Title
    {
        get
        {
            int used = Math.Max(1, Array.FindLastIndex(_words, word => word != 0) + 1);
            string level = _position.Level == 0 ? "" : $" of level {_position.Level}";
            string rest = used == _words.Length ? "" : " (the rest is zero)";
            return $"{_layout.Name} 0x{_position.Index:X}{level} at 0x{Address:X} = {string.Join(' ', _words.Take(used).Select(word => $"0x{word:X}"))}{rest}";
        }
    }

    /// <summary>The fields that are not zero: flags by name, other fields with their value.</summary>
    public string Fields
    {
        get
        {
            string[] fields = [.. _layout.Fields.Where(IsSet).Select(Describe)];
            return fields.Length == 0 ? "all fields are zero" : string.Join(", ", fields);
        }
    }

    /// <summary>The names of the flags that a unit would set; empty if it would set no flag.</summary>
    public string FlagsToSet =>
        string.Join(", ", _layout.Fields.Where(flag => flag.Word == 0 && (flag.Mask & UpdatedWord & ~_words[0]) != 0).Select(flag => flag.Name));

    /// <summary>The numbers of the reserved bits that are set, highest first; empty if no reserved bit is set.</summary>
    public string SetReservedBits =>
        string.Join(", ", Enumerable.Range(0, _words.Length * 64).Reverse().Where(bit => (_words[bit / 64] & _reserved[bit / 64] & 1UL << bit % 64) != 0));

    /// <summary>Returns those of the named flags that the layout has and that are clear in the entry.</summary>
    public IEnumerable<string> Clear(params ReadOnlySpan<string> names)
    {
        List<string> clear = [];
        foreach (BitField field in _layout.Fields)
        {
            if (names.Contains(field.Name) && !IsSet(field))
                clear.Add(field.Name);
        }

        return clear;
    }

    private bool IsSet(BitField field) => (_words[field.Word] & field.Mask) != 0;

    private string Describe(BitField field)
    {
        if (field.Width == 1)
            return field.Name;
        ulong inPlace = _words[field.Word] & field.Mask;
        if (field.Content != FieldContent.Value)
            return $"{field.Name} 0x{inPlace:X}";
        ulong value = inPlace >> field.LowBit % 64;
        return FieldMeaning.Of(_layout, field.Name, value) is { } meaning ? $"{field.Name} {value} ({meaning})" : $"{field.Name} 0x{value:X}";
    }
}
