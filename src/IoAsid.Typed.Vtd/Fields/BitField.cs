using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Vtd;

/// <summary>A field of a structure that hardware and software share: its name in the architecture and the bits it has.</summary>
/// <remarks>
/// A field has at most 64 bits and lies inside one 64-bit word, as every field of the architecture does. A field made of
/// constants compiles to a shift and a mask: declare it as a property with an expression body, not as a static field.
/// </remarks>
public readonly record struct BitField
{
    /// <summary>Containers have at most so many bits.</summary>
    internal const int LargestContainer = 512;

    private const int WordBits = 64;

    /// <summary>Declares a field.</summary>
    /// <param name="name">Its name in the architecture.</param>
    /// <param name="lowBit">Its lowest bit, counted over the whole structure: 0 to 511.</param>
    /// <param name="width">How many bits it has: 1 to 64.</param>
    /// <param name="needs">What must be there for the field to exist; without it the bits are reserved.</param>
    /// <param name="content">What its bits are.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has no bits, or leaves its word or the largest container.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BitField(
        string name,
        int lowBit,
        int width = 1,
        Requirement needs = Requirement.None,
        FieldContent content = FieldContent.Value)
    {
        if ((uint)lowBit >= LargestContainer || width < 1 || lowBit % WordBits + width > WordBits)
        {
            throw Misplaced(name, lowBit, width);
        }

        Name = name;
        LowBit = lowBit;
        Width = width;
        Needs = needs;
        Content = content;
    }

    /// <summary>The name in the architecture.</summary>
    public string Name { get; }

    /// <summary>The lowest bit, counted over the whole structure.</summary>
    public int LowBit { get; }

    /// <summary>How many bits the field has.</summary>
    public int Width { get; }

    /// <summary>What must be there for the field to exist; without it the bits are reserved.</summary>
    public Requirement Needs { get; }

    /// <summary>What the field's bits are.</summary>
    public FieldContent Content { get; }

    /// <summary>The highest bit, counted over the whole structure.</summary>
    public int HighBit => LowBit + Width - 1;

    /// <summary>Which 64-bit word of the structure has the field.</summary>
    public int Word => (int)((uint)LowBit / WordBits);

    /// <summary>The field's bits, in place in its word.</summary>
    public ulong Mask => MaximumValue << Shift;

    /// <summary>The highest value the field can hold.</summary>
    public ulong MaximumValue => ulong.MaxValue >> (WordBits - Width);

    private int Shift => (int)((uint)LowBit % WordBits);

    /// <summary>The field's value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Get<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits> =>
        (bits[Word] >> Shift) & MaximumValue;

    /// <summary>Whether any bit of the field is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSet<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits> =>
        (bits[Word] & Mask) != 0;

    /// <summary>The field in place: for an address field the address in bytes, as its low bits are not stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong GetAddress<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits> =>
        bits[Word] & Mask;

    /// <summary>The same bits with the field set to a value.</summary>
    /// <param name="bits">The bits as they are.</param>
    /// <param name="value">From 0 to <see cref="MaximumValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value has more bits than the field.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TBits With<TBits>(in TBits bits, ulong value)
        where TBits : struct, IBits<TBits>
    {
        if (value > MaximumValue)
        {
            throw TooLarge(this, value);
        }

        return Replace(bits, Word, Mask, value << Shift);
    }

    /// <summary>The same bits with the field's bits all set or all clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TBits With<TBits>(in TBits bits, bool value)
        where TBits : struct, IBits<TBits>
    {
        ulong mask = Mask;
        return Replace(bits, Word, mask, value ? mask : 0);
    }

    /// <summary>The same bits with an address, whose low bits must be clear because they are not stored.</summary>
    /// <param name="bits">The bits as they are.</param>
    /// <param name="address">A multiple of 2 to the field's low bit in its word, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address has a bit set that the field does not store.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TBits WithAddress<TBits>(in TBits bits, ulong address)
        where TBits : struct, IBits<TBits>
    {
        if ((address & ~Mask) != 0)
        {
            throw Misaligned(this, address);
        }

        return Replace(bits, Word, Mask, address);
    }

    /// <summary>The name and the bits, as in <c>DID[79:64]</c>.</summary>
    public override string ToString() => Width == 1 ? $"{Name}[{LowBit}]" : $"{Name}[{HighBit}:{LowBit}]";

    private static ArgumentOutOfRangeException Misplaced(string name, int lowBit, int width) =>
        new(
            nameof(lowBit),
            $"{name} cannot have {width} bits from bit {lowBit} on: a field has 1 to 64, inside one word below bit {LargestContainer}.");

    // Scalars and no "this": what takes the address of a field keeps it from being folded into constants.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TBits Replace<TBits>(in TBits bits, int word, ulong mask, ulong inPlace)
        where TBits : struct, IBits<TBits> =>
        bits.WithWord(word, (bits[word] & ~mask) | inPlace);

    private static ArgumentOutOfRangeException TooLarge(BitField field, ulong value) =>
        new(nameof(value), value, $"{field} holds 0 to 0x{field.MaximumValue:X}; 0x{value:X} does not fit.");

    private static ArgumentOutOfRangeException Misaligned(BitField field, ulong address) =>
        new(nameof(address), address, $"{field} stores the address bits 0x{field.Mask:X}; 0x{address:X} has others set.");
}
