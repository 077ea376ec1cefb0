namespace IoAsid.Typed.Emulation;

/// <summary>The kind of access of a memory request.</summary>
public enum DmaAccess
{
    /// <summary>Reads bytes.</summary>
    Read,

    /// <summary>Writes bytes (posted).</summary>
    Write,

    /// <summary>Reads and writes in one transaction (AtomicOp). It needs read and write permission.</summary>
    Atomic,

    /// <summary>Reads no bytes (a flush). It is allowed on a write-only page if CAP_REG.ZLR is 1 (VT-d 11.4.2).</summary>
    ZeroLengthRead,
}
