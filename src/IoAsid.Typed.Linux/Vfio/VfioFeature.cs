namespace IoAsid.Typed.Linux;

/// <summary>A feature of a driver of a VFIO device (<c>VFIO_DEVICE_FEATURE_*</c>).</summary>
public enum VfioFeature
{
    /// <summary>The token that virtual functions have to present.</summary>
    VirtualFunctionToken = 0,

    /// <summary>Migration.</summary>
    Migration = 1,

    /// <summary>The state of a migration.</summary>
    MigrationState = 2,

    /// <summary>Enters a state of low power.</summary>
    LowPowerEntry = 3,

    /// <summary>Enters a state of low power, with a notification when the device leaves it.</summary>
    LowPowerEntryWithWakeup = 4,

    /// <summary>Leaves the state of low power.</summary>
    LowPowerExit = 5,

    /// <summary>Starts the recording of writes by the device.</summary>
    DmaLoggingStart = 6,

    /// <summary>Stops the recording of writes by the device.</summary>
    DmaLoggingStop = 7,

    /// <summary>Reads the bitmap of the pages that the device wrote.</summary>
    DmaLoggingReport = 8,

    /// <summary>The number of bytes that a migration will transfer.</summary>
    MigrationDataSize = 9,

    /// <summary>Sets or clears Bus Master Enable.</summary>
    BusMaster = 10,

    /// <summary>Exports a region as a dma-buf.</summary>
    DmaBuffer = 11,
}
