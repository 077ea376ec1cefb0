using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An invalidation of translations of a PASID (VT-d, PASID-based IOTLB Invalidate Descriptor). Scalable mode.</summary>
/// <remarks>
/// CAP.PSI and CAP.MAMV do not limit it.
/// </remarks>
[BitLayout("PASID-based IOTLB invalidation", 256, Initial = (ulong)InvalidationType.PasidIotlb)]
public readonly partial record struct PasidIotlbInvalidation
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>G: the granularity.</summary>
    [Bits("G", 4, 5)] public partial PasidIotlbGranularity Granularity { get; init; }

    /// <summary>DID: the domain of the PASID.</summary>
    [Bits("DID", 16, 31)] public partial DomainId DomainId { get; init; }

    /// <summary>PASID: the PASID of the translations.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }

    /// <summary>AM: 2^AM pages of 4 KiB are invalidated.</summary>
    [Bits("AM", 64, 69)] public partial byte AddressMask { get; init; }

    /// <summary>IH: only leaf entries were changed.</summary>
    [Bits("IH", 70)] public partial bool InvalidationHint { get; init; }

    /// <summary>ADDR: the first page, a multiple of 2^AM pages.</summary>
    [Bits("ADDR", 76, 127, Content = FieldContent.Address)] public partial ulong Address { get; init; }
}

/// <summary>The scope of a PASID-based IOTLB invalidation. 0 and 1 are invalid.</summary>
public enum PasidIotlbGranularity
{
    /// <summary>Not a granularity.</summary>
    Invalid = 0,
    /// <summary>The translations of a PASID in a domain.</summary>
    Pasid = 2,
    /// <summary>The translations of pages of a PASID in a domain.</summary>
    Page = 3,
}
