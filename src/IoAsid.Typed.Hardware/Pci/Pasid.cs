using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IoAsid.Typed.Layouts;

namespace IoAsid.Typed.Hardware;

/// <summary>The process address space id of a request of a PCI function: a number of 20 bits (PCIe, PASID TLP Prefix).</summary>
/// <remarks>
/// The width is checked only when a number becomes a <see cref="Pasid"/>. <c>default</c> is PASID 0. A PASID gives access to nothing by itself, because the
/// tables of the IOMMU determine its address space.
/// </remarks>
[FieldWidth(Width)]
public readonly record struct Pasid : IComparable<Pasid>, IFormattable, IFieldValue<Pasid>
{
    /// <summary>The number of bits of a PASID.</summary>
    public const int Width = 20;

    /// <summary>The number of PASIDs. Each PASID is less than this number.</summary>
    public const uint Count = 1u << Width;

    /// <summary>Creates a PASID from its number.</summary>
    /// <param name="value">The number, less than <see cref="Count"/>.</param>
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

    /// <summary>Returns true if <paramref name="left"/> is less than <paramref name="right"/>.</summary>
    public static bool operator <(Pasid left, Pasid right) => left.Value < right.Value;

    /// <summary>Returns true if <paramref name="left"/> is greater than <paramref name="right"/>.</summary>
    public static bool operator >(Pasid left, Pasid right) => left.Value > right.Value;

    /// <summary>Returns true if <paramref name="left"/> is less than or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(Pasid left, Pasid right) => left.Value <= right.Value;

    /// <summary>Returns true if <paramref name="left"/> is greater than or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(Pasid left, Pasid right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Pasid other) => Value.CompareTo(other.Value);

    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the number in a format.</summary>
    /// <param name="format">A numeric format of <see cref="uint.ToString(string?, IFormatProvider?)"/>.</param>
    /// <param name="formatProvider">The culture. Null means the current one.</param>
    public string ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    /// <inheritdoc/>
    static Pasid IFieldValue<Pasid>.FromField(ulong bits) => new((uint)bits);

    /// <inheritdoc/>
    ulong IFieldValue<Pasid>.ToField() => Value;

    [DoesNotReturn]
    private static void ThrowTooWide(uint value) =>
        throw new ArgumentOutOfRangeException(nameof(value), value, $"A PASID has {Width} bits. 0x{value:X} is too wide.");
}
