namespace IoAsid.Typed.Vtd;

/// <summary>Any descriptor of the invalidation queue: its type, before it is known which one it is (VT-d, Invalidation Descriptors).</summary>
/// <remarks>
/// Each descriptor has 256 bits here. A queue of 128-bit descriptors holds <see cref="Bits256.Lower"/>; the upper half of one
/// read from it is zero. An object initializer encodes: <c>new IotlbInvalidation { Granularity = …, DomainId = 5 }</c>.
/// </remarks>
[BitLayout("Invalidation descriptor", 256)]
public readonly partial record struct InvalidationDescriptor
{
    /// <summary>The type; a value no member has is an error of the queue.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>Returns the descriptor of a 128-bit queue.</summary>
    /// <param name="bits">The 16 bytes of the queue.</param>
    public InvalidationDescriptor(Bits128 bits)
        : this(new Bits256(bits.Low, bits.High))
    {
    }

    /// <summary>Returns the layout of descriptors of a type. For an unknown type it is the layout of the type field only.</summary>
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

    /// <summary>Returns the descriptor as text, decoded by its type.</summary>
    public string Describe() => LayoutOf(Type).Describe(Bits);
}

/// <summary>The type of an invalidation descriptor: its bits 11:9 and 3:0.</summary>
public enum InvalidationType
{
    /// <summary>Not a type.</summary>
    Invalid = 0,
    /// <summary><see cref="ContextCacheInvalidation"/>.</summary>
    ContextCache = 1,
    /// <summary><see cref="IotlbInvalidation"/>.</summary>
    Iotlb = 2,
    /// <summary><see cref="DeviceTlbInvalidation"/>. Needs ECAP.DT.</summary>
    DeviceTlb = 3,
    /// <summary><see cref="InterruptEntryInvalidation"/>. Needs ECAP.IR.</summary>
    InterruptEntry = 4,
    /// <summary><see cref="InvalidationWait"/>.</summary>
    Wait = 5,
    /// <summary><see cref="PasidIotlbInvalidation"/>. Scalable mode.</summary>
    PasidIotlb = 6,
    /// <summary><see cref="PasidCacheInvalidation"/>. Scalable mode.</summary>
    PasidCache = 7,
    /// <summary><see cref="PasidDeviceTlbInvalidation"/>. Scalable mode; needs ECAP.DT.</summary>
    PasidDeviceTlb = 8,
    /// <summary><see cref="Vtd.PageGroupResponse"/>. Scalable mode.</summary>
    PageGroupResponse = 9,
}
