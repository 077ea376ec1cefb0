namespace IoAsid.Typed.Iommu;

/// <summary>Takes the faults that a unit recorded, in the order of the records.</summary>
internal interface IFaultSink
{
    /// <summary>Takes a fault.</summary>
    void Report(DmaFault fault);
}
