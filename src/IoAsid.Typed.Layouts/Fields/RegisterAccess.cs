namespace IoAsid.Typed.Layouts;

/// <summary>The effect of software's reads and writes on a field of a register.</summary>
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
    /// Writing 1 begins an action, and hardware clears the bit when the action is complete. In a write-only register the bit reads
    /// as 0.
    /// </summary>
    OneShot,
}
