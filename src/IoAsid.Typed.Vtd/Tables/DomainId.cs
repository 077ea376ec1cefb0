using System.Globalization;

namespace IoAsid.Typed.Vtd;

/// <summary>
/// The id of a domain, which software chooses. The unit tags cached translations with it (VT-d 6.2.1). Every number of 16 bits is an
/// id; <see cref="CapabilityRegister.NumberOfDomains"/> limits what a unit supports.
/// </summary>
/// <param name="Value">The number.</param>
[FieldWidth(16)]
public readonly record struct DomainId(ushort Value) : IFormattable, IFieldValue<DomainId>
{
    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the number in a format.</summary>
    /// <param name="format">A numeric format, as of <see cref="ushort.ToString(string?, IFormatProvider?)"/>.</param>
    /// <param name="formatProvider">The culture; null for the current one.</param>
    public string ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    /// <inheritdoc/>
    static DomainId IFieldValue<DomainId>.FromField(ulong bits) => new((ushort)bits);

    /// <inheritdoc/>
    ulong IFieldValue<DomainId>.ToField() => Value;
}
