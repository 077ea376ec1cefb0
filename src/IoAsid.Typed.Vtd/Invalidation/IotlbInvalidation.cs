namespace IoAsid.Typed.Vtd;

/// <summary>An invalidation of translations of a domain (VT-d, IOTLB Invalidate Descriptor).</summary>
[BitLayout("IOTLB invalidation", 256, Initial = (ulong)InvalidationType.Iotlb)]
public readonly partial record struct IotlbInvalidation
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>G: the granularity.</summary>
    [Bits("G", 4, 5)] public partial IotlbInvalidationGranularity Granularity { get; init; }

    /// <summary>DW: writes already translated are done first.</summary>
    [Bits("DW", 6)] public partial bool DrainWrites { get; init; }

    /// <summary>DR: reads already translated are done first.</summary>
    [Bits("DR", 7)] public partial bool DrainReads { get; init; }

    /// <summary>DID: the domain of the translations, unless the granularity is global.</summary>
    [Bits("DID", 16, 31)] public partial DomainId DomainId { get; init; }

    /// <summary>AM: 2^AM pages of 4 KiB are invalidated.</summary>
    [Bits("AM", 64, 69)] public partial byte AddressMask { get; init; }

    /// <summary>IH: only leaf entries were changed.</summary>
    [Bits("IH", 70)] public partial bool InvalidationHint { get; init; }

    /// <summary>ADDR: the first page, a multiple of 2^AM pages.</summary>
    [Bits("ADDR", 76, 127, Content = FieldContent.Address)] public partial ulong Address { get; init; }
}

/// <summary>The scope of an IOTLB invalidation: by descriptor (G) or register (IOTLB.IIRG and IAIG).</summary>
public enum IotlbInvalidationGranularity
{
    /// <summary>Not a granularity.</summary>
    Invalid = 0,
    /// <summary>All entries.</summary>
    Global = 1,
    /// <summary>The translations of a domain.</summary>
    Domain = 2,
    /// <summary>The translations of pages of a domain.</summary>
    Page = 3,
}
