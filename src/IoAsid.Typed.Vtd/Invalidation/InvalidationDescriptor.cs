namespace IoAsid.Typed.Vtd;

/// <summary>
/// Any descriptor of the invalidation queue: its type, before it is known which one it is (VT-d, Invalidation Descriptors).
/// </summary>
/// <remarks>
/// Every descriptor is held as 256 bits. A queue of 128-bit descriptors holds <see cref="Bits256.Lower"/>; the upper half of one
/// read from it is zero. A descriptor is encoded by an object initializer: <c>new IotlbInvalidation { Granularity = …, DomainId =
/// 5 }</c>.
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationDescriptor(Bits256 Bits) : IBitStructure<InvalidationDescriptor, Bits256>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("Invalidation descriptor", 256, TypeLowField, TypeHighField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    /// <summary>The descriptor of a 128-bit queue.</summary>
    /// <param name="bits">The 16 bytes of the queue.</param>
    public InvalidationDescriptor(Bits128 bits)
        : this(new Bits256(bits.Low, bits.High))
    {
    }

    /// <summary>The type; a value no member has is an error of the queue.</summary>
    public InvalidationType Type => (InvalidationType)(TypeLow | (TypeHigh << 4));

    internal static Bits256 OfType(InvalidationType type) => new((ulong)type, 0);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
