using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IoAsid.Typed.Layouts;

namespace IoAsid.Typed.Hardware;

/// <summary>The process address space id on a request of a PCI function: a number of 20 bits (PCIe, PASID TLP Prefix).</summary>
/// <remarks>
/// The width is checked when a number becomes a <see cref="Pasid"/>, and nowhere else. <c>default</c> is PASID 0. A PASID gives
/// access to nothing by itself: the tables of the IOMMU decide what is behind it.
/// </remarks>
[FieldWidth(Width)]
public readonly record struct Pasid : IComparable<Pasid>, IFormattable, IFieldValue<Pasid>
{
    /// <summary>The number of bits of a PASID.</summary>
    public const int Width = 20;

    /// <summary>The number of PASIDs: each is below it.</summary>
    public const uint Count = 1u << Width;

    /// <summary>Creates a PASID from its number.</summary>
    /// <param name="value">The number, below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number has more than 20 bits.</exception>
    public Pasid(uint value)
    {
        if (value >= Count)
            ThrowTooWide(value);
        Value = value;
    }

    /// <summary>The highest PASID.</summary>
    public static Pasid Maximum => new(Count - 1);

    /// <summary>The number.</summary>
    public uint Value { get; }

    /// <summary>Returns true if <paramref name="left"/> is the lower PASID.</summary>
    public static bool operator <(Pasid left, Pasid right) => left.Value < right.Value;

    /// <summary>Returns true if <paramref name="left"/> is the higher PASID.</summary>
    public static bool operator >(Pasid left, Pasid right) => left.Value > right.Value;

    /// <summary>Returns true if <paramref name="left"/> is not the higher PASID.</summary>
    public static bool operator <=(Pasid left, Pasid right) => left.Value <= right.Value;

    /// <summary>Returns true if <paramref name="left"/> is not the lower PASID.</summary>
    public static bool operator >=(Pasid left, Pasid right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Pasid other) => Value.CompareTo(other.Value);

    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the number in a format.</summary>
    /// <param name="format">A numeric format, as of <see cref="uint.ToString(string?, IFormatProvider?)"/>.</param>
    /// <param name="formatProvider">The culture; null for the current one.</param>
    public string ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    /// <inheritdoc/>
    static Pasid IFieldValue<Pasid>.FromField(ulong bits) => new((uint)bits);

    /// <inheritdoc/>
    ulong IFieldValue<Pasid>.ToField() => Value;

    [DoesNotReturn]
    private static void ThrowTooWide(uint value) =>
        throw new ArgumentOutOfRangeException(nameof(value), value, $"A PASID has {Width} bits: 0x{value:X} does not fit.");
}
