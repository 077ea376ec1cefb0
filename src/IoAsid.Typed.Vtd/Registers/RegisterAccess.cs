namespace IoAsid.Typed.Vtd;

/// <summary>What software can do with a field of a register.</summary>
public enum RegisterAccess
{
    /// <summary>Read. Writes change nothing.</summary>
    ReadOnly,

    /// <summary>Read and write.</summary>
    ReadWrite,

    /// <summary>Write. Reads give 0.</summary>
    WriteOnly,

    /// <summary>Read; writing 1 clears the bit, writing 0 changes nothing.</summary>
    OneToClear,

    /// <summary>
    /// Writing 1 begins an action, and hardware clears the bit when it is done. In a write-only register it reads as 0.
    /// </summary>
    OneShot,
}
