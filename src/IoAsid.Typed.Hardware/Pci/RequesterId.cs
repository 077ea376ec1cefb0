using IoAsid.Typed.Layouts;

namespace IoAsid.Typed.Hardware;

/// <summary>The id of a PCI function in its requests: bus, device and function (PCIe 2.2.6.2). Every value of 16 bits is valid.</summary>
/// <param name="Value">The bus in bits 15:8, the device in bits 7:3 and the function in bits 2:0.</param>
[FieldWidth(16)]
public readonly record struct RequesterId(ushort Value) : IFieldValue<RequesterId>
{
    /// <summary>Creates the id of a function from its location.</summary>
    /// <param name="bus">The bus, 0 to 255.</param>
    /// <param name="device">The device, 0 to 31.</param>
    /// <param name="function">The function, 0 to 7.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part is out of its range.</exception>
    public RequesterId(int bus, int device, int function)
        : this((ushort)(InRange(bus, 0xFF, nameof(bus)) << 8 | InRange(device, 31, nameof(device)) << 3 | InRange(function, 7, nameof(function))))
    {
    }

    /// <summary>The bus, 0 to 255.</summary>
    public byte Bus => (byte)(Value >> 8);

    /// <summary>The device, 0 to 31.</summary>
    public int Device => Value >> 3 & 31;

    /// <summary>The function, 0 to 7.</summary>
    public int Function => Value & 7;

    /// <summary>The device and the function in one byte: the index into the context tables of a bus.</summary>
    public byte DeviceFunction => (byte)Value;

    /// <summary>Returns true if another id differs from this one in ignored bits only.</summary>
    /// <param name="other">The other id.</param>
    /// <param name="ignoredBits">The bits that may differ.</param>
    public bool Matches(RequesterId other, ushort ignoredBits) => ((Value ^ other.Value) & ~ignoredBits) == 0;

    /// <inheritdoc/>
    static RequesterId IFieldValue<RequesterId>.FromField(ulong bits) => new((ushort)bits);

    /// <inheritdoc/>
    ulong IFieldValue<RequesterId>.ToField() => Value;

    /// <inheritdoc/>
    public override string ToString() => $"{Bus:x2}:{Device:x2}.{Function}";

    private static int InRange(int value, int maximum, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, maximum, name);
        return value;
    }
}
