namespace IoAsid.Typed.Vtd;

/// <summary>
/// Any descriptor of the invalidation queue: its type, before it is known which one it is (VT-d, Invalidation Descriptors).
/// </summary>
/// <remarks>
/// Every descriptor is held as 256 bits. A queue of 128-bit descriptors holds <see cref="Bits256.Lower"/>; the upper half of one
/// read from it is zero. An object initializer encodes: <c>new IotlbInvalidation { Granularity = …, DomainId = 5 }</c>.
/// </remarks>
[BitLayout("Invalidation descriptor", 256)]
public readonly partial record struct InvalidationDescriptor
{
    /// <summary>Bits 3:0 of the type.</summary>
    [Bits("TYPE_3_0", 0, 3)] public partial byte TypeLow { get; init; }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    [Bits("TYPE_6_4", 9, 11)] public partial byte TypeHigh { get; init; }

    /// <summary>The descriptor of a 128-bit queue.</summary>
    /// <param name="bits">The 16 bytes of the queue.</param>
    public InvalidationDescriptor(Bits128 bits)
        : this(new Bits256(bits.Low, bits.High))
    {
    }

    /// <summary>The layout of descriptors of a type; of an unknown one, that of what is known before the type is.</summary>
    public static Layout LayoutOf(InvalidationType type) => type switch
    {
        InvalidationType.ContextCache => ContextCacheInvalidation.Layout,
        InvalidationType.Iotlb => IotlbInvalidation.Layout,
        InvalidationType.DeviceTlb => DeviceTlbInvalidation.Layout,
        InvalidationType.InterruptEntry => InterruptEntryInvalidation.Layout,
        InvalidationType.Wait => InvalidationWait.Layout,
        InvalidationType.PasidIotlb => PasidIotlbInvalidation.Layout,
        InvalidationType.PasidCache => PasidCacheInvalidation.Layout,
        InvalidationType.PasidDeviceTlb => PasidDeviceTlbInvalidation.Layout,
        InvalidationType.PageGroupResponse => PageGroupResponse.Layout,
        _ => Layout,
    };

    /// <summary>The descriptor decoded by its type, for people.</summary>
    public string Describe() => LayoutOf(Type).Describe(Bits);

    /// <summary>The type; a value no member has is an error of the queue.</summary>
    public InvalidationType Type => (InvalidationType)(TypeLow | (TypeHigh << 4));

    internal static Bits256 OfType(InvalidationType type) => new((ulong)type, 0);
}
