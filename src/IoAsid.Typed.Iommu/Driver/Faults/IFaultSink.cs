namespace IoAsid.Typed.Iommu;

/// <summary>The receiver of the faults that a unit recorded, in the order of the records.</summary>
internal interface IFaultSink
{
    /// <summary>Reports a fault.</summary>
    void Report(DmaFault fault);
}
