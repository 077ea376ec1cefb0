namespace IoAsid.Typed.Iommu;

/// <summary>What became of a guest's ENQCMD.</summary>
public enum GuestEnqueueResult
{
    /// <summary>The device took it.</summary>
    Accepted,

    /// <summary>The device has no room now: the guest tries again.</summary>
    Retry,

    /// <summary>The PASID has no translation, or is not bound to the device: the instruction faults in the guest.</summary>
    Fault,
}
