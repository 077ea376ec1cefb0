namespace IoAsid.Typed.Vtd;

/// <summary>An invalidation of entries of the interrupt entry cache (VT-d, Interrupt Entry Cache Invalidate Descriptor). Needs ECAP.IR.</summary>
[BitLayout("Interrupt entry cache invalidation", 256, Initial = (ulong)InvalidationType.InterruptEntry)]
public readonly partial record struct InterruptEntryInvalidation
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>G: only the entries of some indices.</summary>
    [Bits("G", 4)] public partial bool IndexSelective { get; init; }

    /// <summary>IM: the number of ignored low bits of the index.</summary>
    [Bits("IM", 27, 31)] public partial byte IndexMask { get; init; }

    /// <summary>IIDX: the index.</summary>
    [Bits("IIDX", 32, 47)] public partial ushort InterruptIndex { get; init; }
}
