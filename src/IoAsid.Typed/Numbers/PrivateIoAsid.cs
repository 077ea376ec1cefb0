using System.Globalization;

namespace IoAsid.Typed;

/// <summary>
/// A number in the private number space of one set: a guest's own PASID (the set-private id, SPID, of the Linux extension). It never
/// converts to or from <see cref="RawIoAsid"/>. <see cref="IoAsidSet.TryResolve"/> and <see cref="IoAsidHandle{TData}.PrivateId"/> connect the two.
/// </summary>
/// <remarks>Two guests may use the same private number for different ids. Every 32-bit value is a number, 0 included.</remarks>
/// <param name="value">The number.</param>
public readonly struct PrivateIoAsid(uint value) : IEquatable<PrivateIoAsid>, IComparable<PrivateIoAsid>
{
    /// <summary>The number.</summary>
    public uint Value { get; } = value;

    /// <summary>Returns true if two numbers are the same.</summary>
    public static bool operator ==(PrivateIoAsid left, PrivateIoAsid right) => left.Value == right.Value;

    /// <summary>Returns true if two numbers differ.</summary>
    public static bool operator !=(PrivateIoAsid left, PrivateIoAsid right) => left.Value != right.Value;

    /// <summary>Returns true if <paramref name="left"/> is the lower number.</summary>
    public static bool operator <(PrivateIoAsid left, PrivateIoAsid right) => left.Value < right.Value;

    /// <summary>Returns true if <paramref name="left"/> is the higher number.</summary>
    public static bool operator >(PrivateIoAsid left, PrivateIoAsid right) => left.Value > right.Value;

    /// <summary>Returns true if <paramref name="left"/> is not the higher number.</summary>
    public static bool operator <=(PrivateIoAsid left, PrivateIoAsid right) => left.Value <= right.Value;

    /// <summary>Returns true if <paramref name="left"/> is not the lower number.</summary>
    public static bool operator >=(PrivateIoAsid left, PrivateIoAsid right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public bool Equals(PrivateIoAsid other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PrivateIoAsid other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(PrivateIoAsid other) => Value.CompareTo(other.Value);

    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
