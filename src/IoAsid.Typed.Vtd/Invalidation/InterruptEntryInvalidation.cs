namespace IoAsid.Typed.Vtd;

/// <summary>
/// Drops entries of the interrupt entry cache (VT-d, Interrupt Entry Cache Invalidate Descriptor). Needs ECAP.IR.
/// </summary>
[BitLayout("Interrupt entry cache invalidation", 256)]
public readonly partial record struct InterruptEntryInvalidation
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public InterruptEntryInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.InterruptEntry))
    {
    }

    /// <summary>Bits 3:0 of the type.</summary>
    [Bits("TYPE_3_0", 0, 3)] public partial byte TypeLow { get; init; }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    [Bits("TYPE_6_4", 9, 11)] public partial byte TypeHigh { get; init; }

    /// <summary>G: only the entries of some indices.</summary>
    [Bits("G", 4)] public partial bool IndexSelective { get; init; }

    /// <summary>IM: how many low bits of the index do not count.</summary>
    [Bits("IM", 27, 31)] public partial byte IndexMask { get; init; }

    /// <summary>IIDX: the index.</summary>
    [Bits("IIDX", 32, 47)] public partial ushort InterruptIndex { get; init; }
}
