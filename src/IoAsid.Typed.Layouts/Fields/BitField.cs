using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts;

/// <summary>The declaration of a field, for code that handles fields by name.</summary>
/// <remarks>Properties of a structure do not use it: they compile to a shift and a mask.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BitField
{
    /// <summary>Containers have at most so many bits.</summary>
    private const int LargestContainer = 512;

    private const int WordBits = 64;

    /// <summary>Declares a field.</summary>
    /// <param name="name">The name in the architecture.</param>
    /// <param name="lowBit">The lowest bit, counted over the whole structure: 0 to 511.</param>
    /// <param name="width">The number of bits: 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The field has no bits, or leaves its 64-bit word or the largest
    /// container.</exception>
    public BitField(string name, int lowBit, int width = 1)
    {
        if ((uint)lowBit >= LargestContainer || width < 1 || width > WordBits - (lowBit % WordBits))
        {
            throw new ArgumentOutOfRangeException(
                nameof(lowBit),
                $"{name} cannot have {width} bits from bit {lowBit} on: a field has 1 to 64, inside one word below bit {LargestContainer}.");
        }

        Name = name;
        LowBit = lowBit;
        Width = width;
    }

    /// <summary>The name in the architecture.</summary>
    public string Name { get; }

    /// <summary>The lowest bit, counted over the whole structure.</summary>
    public int LowBit { get; }

    /// <summary>The number of bits.</summary>
    public int Width { get; }

    /// <summary>The meaning of the bits.</summary>
    public FieldContent Content { get; init; }

    /// <summary>The requirements of the field, as the value of an enumeration. Without them the bits are reserved.</summary>
    public ulong Needs { get; init; }

    /// <summary>The first revision of the architecture that has the field, or null.</summary>
    public Version? Since { get; init; }

    /// <summary>The first revision of the architecture that no longer has the field, or null.</summary>
    public Version? RemovedIn { get; init; }

    /// <summary>The effect of software's reads and writes, if the structure is a register.</summary>
    public RegisterAccess Access { get; init; }

    /// <summary>The highest bit, counted over the whole structure.</summary>
    public int HighBit => LowBit + Width - 1;

    /// <summary>The index of the 64-bit word that has the field.</summary>
    public int Word => (int)((uint)LowBit / WordBits);

    /// <summary>The bits of the field, in place in its word.</summary>
    public ulong Mask => MaximumValue << Shift;

    /// <summary>The highest value that the field can hold.</summary>
    public ulong MaximumValue => ulong.MaxValue >> (WordBits - Width);

    private int Shift => (int)((uint)LowBit % WordBits);

    /// <summary>Returns true if the field exists under these conditions.</summary>
    public bool Exists(in LayoutConditions conditions) => conditions.Meet(Needs, Since, RemovedIn);

    /// <summary>Returns the value of the field.</summary>
    public ulong Get<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits> =>
        (bits[Word] >> Shift) & MaximumValue;

    /// <summary>Returns the field in place: for an address field the address in bytes.</summary>
    public ulong GetInPlace<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits> =>
        bits[Word] & Mask;

    /// <summary>Returns the same bits with the field set to a value.</summary>
    /// <param name="bits">The present bits.</param>
    /// <param name="value">The value, from 0 to <see cref="MaximumValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value has more bits than the field.</exception>
    public TBits With<TBits>(in TBits bits, ulong value)
        where TBits : struct, IBits<TBits> =>
        value <= MaximumValue
            ? bits.WithWord(Word, (bits[Word] & ~Mask) | (value << Shift))
            : throw DoesNotFit(value);

    private ArgumentOutOfRangeException DoesNotFit(ulong value) => Content == FieldContent.Value
        ? FieldValue.DoesNotFit(ToString(), MaximumValue, value)
        : FieldValue.AddressDoesNotFit(ToString(), Mask, value);

    /// <summary>Returns the name and the bits, as in <c>DID[79:64]</c>.</summary>
    public override string ToString() => Width == 1 ? $"{Name}[{LowBit}]" : $"{Name}[{HighBit}:{LowBit}]";
}
