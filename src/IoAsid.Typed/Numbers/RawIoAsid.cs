using System.Globalization;

namespace IoAsid.Typed;

/// <summary>
/// A bare I/O address space id as hardware reports it: the PASID of a DMA request or of a page request. A number alone gives no
/// access to data; a set or a reader finds the data.
/// </summary>
/// <remarks>
/// Every 32-bit value is a number, 0 included, so <c>default</c> is the number 0. On PCIe a PASID has at most 20 bits; the
/// space in which it is looked up decides the range. A number does not identify an allocation, because numbers are used again.
/// </remarks>
/// <param name="value">The number.</param>
public readonly struct RawIoAsid(uint value) : IEquatable<RawIoAsid>, IComparable<RawIoAsid>
{
    /// <summary>The number.</summary>
    public uint Value { get; } = value;

    /// <summary>Returns true if two numbers are the same.</summary>
    public static bool operator ==(RawIoAsid left, RawIoAsid right) => left.Value == right.Value;

    /// <summary>Returns true if two numbers differ.</summary>
    public static bool operator !=(RawIoAsid left, RawIoAsid right) => left.Value != right.Value;

    /// <summary>Returns true if <paramref name="left"/> is the lower number.</summary>
    public static bool operator <(RawIoAsid left, RawIoAsid right) => left.Value < right.Value;

    /// <summary>Returns true if <paramref name="left"/> is the higher number.</summary>
    public static bool operator >(RawIoAsid left, RawIoAsid right) => left.Value > right.Value;

    /// <summary>Returns true if <paramref name="left"/> is not the higher number.</summary>
    public static bool operator <=(RawIoAsid left, RawIoAsid right) => left.Value <= right.Value;

    /// <summary>Returns true if <paramref name="left"/> is not the lower number.</summary>
    public static bool operator >=(RawIoAsid left, RawIoAsid right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public bool Equals(RawIoAsid other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RawIoAsid other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(RawIoAsid other) => Value.CompareTo(other.Value);

    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
