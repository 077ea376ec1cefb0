namespace IoAsid.Typed.Iommu;

/// <summary>The result of a guest's ENQCMD.</summary>
public enum GuestEnqueueResult
{
    /// <summary>The device accepted the command.</summary>
    Accepted,

    /// <summary>The queue of the device is full. The guest tries again.</summary>
    Retry,

    /// <summary>The PASID has no translation, or is not bound to the device. The instruction faults in the guest.</summary>
    Fault,
}
