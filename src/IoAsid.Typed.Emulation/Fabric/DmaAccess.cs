namespace IoAsid.Typed.Emulation;

/// <summary>What a memory request does.</summary>
public enum DmaAccess
{
    /// <summary>Reads bytes.</summary>
    Read,

    /// <summary>Writes bytes (posted).</summary>
    Write,

    /// <summary>Reads and writes in one transaction (AtomicOp): needs both rights.</summary>
    Atomic,

    /// <summary>Reads no bytes (a flush). Allowed on a page that can only be written, where CAP.ZLR says so.</summary>
    ZeroLengthRead,
}
