namespace IoAsid.Typed.Iommu;

/// <summary>The state of a device.</summary>
public enum DeviceState
{
    /// <summary>The device works.</summary>
    Active,

    /// <summary>The function is being reset. Attaching is refused until the reset is complete.</summary>
    Resetting,

    /// <summary>
    /// The function did not complete invalidations, and its context entry was cleared. <see cref="IommuDevice.ResetAsync"/> makes the device active again.
    /// </summary>
    Isolated,

    /// <summary>The function was removed from the bus, or the device was disposed.</summary>
    Removed,
}
