namespace IoAsid.Typed.Emulation;

/// <summary>The faults of a second-stage walk. The fault reason also depends on the mode and on the use of the walk.</summary>
internal enum SecondStageFault : byte
{
    None,

    /// <summary>The input is above the width min(AW, MGAW).</summary>
    BeyondWidth,

    /// <summary>No memory is at the address of the top table.</summary>
    TopTableAccess,

    /// <summary>No memory is at the address of a lower table.</summary>
    EntryAccess,

    /// <summary>Neither read nor write is allowed, by one entry or by all entries together.</summary>
    NotPresent,

    Reserved,

    WriteDenied,

    ReadDenied,

    /// <summary>The output is in the interrupt range.</summary>
    InterruptRange,

    /// <summary>An accessed or dirty bit must be set, but the walk does not snoop.</summary>
    UpdateNotSnooped,

    /// <summary>An accessed or dirty bit could not be set.</summary>
    UpdateFailed,
}
