namespace IoAsid.Typed.Emulation;

/// <summary>What a second-stage walk runs into; which reason code that is depends on who asked.</summary>
internal enum SecondStageFault : byte
{
    None,

    /// <summary>The input is beyond min(AW, MGAW).</summary>
    BeyondWidth,

    /// <summary>Nothing answers where the top table should be.</summary>
    TopTableAccess,

    /// <summary>Nothing answers where a lower table should be.</summary>
    EntryAccess,

    /// <summary>Neither reads nor writes are allowed, by an entry or by all together.</summary>
    NotPresent,

    Reserved,

    WriteDenied,

    ReadDenied,

    /// <summary>The output lies in the interrupt range.</summary>
    InterruptRange,

    /// <summary>An accessed or dirty bit must be set, and the walk does not snoop.</summary>
    UpdateNotSnooped,

    /// <summary>An accessed or dirty bit could not be set.</summary>
    UpdateFailed,
}
