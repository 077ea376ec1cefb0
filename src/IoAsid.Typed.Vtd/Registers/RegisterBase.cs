namespace IoAsid.Typed.Vtd;

/// <summary>What the offset of a register counts from.</summary>
public enum RegisterBase
{
    /// <summary>The base of the unit's registers.</summary>
    Unit,

    /// <summary>Where ECAP.IRO says: IVA and IOTLB.</summary>
    Iotlb,

    /// <summary>Where CAP.FRO says, once for each of the CAP.NFR + 1 fault recording registers.</summary>
    FaultRecords,
}
