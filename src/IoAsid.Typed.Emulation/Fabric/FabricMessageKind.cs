namespace IoAsid.Typed.Emulation;

/// <summary>The kinds of messages on the fabric.</summary>
internal enum FabricMessageKind : byte
{
    /// <summary>A memory write by a device: posted, upstream.</summary>
    MemoryWrite,

    /// <summary>A memory read by a device: non-posted, upstream.</summary>
    MemoryRead,

    /// <summary>An AtomicOp by a device: non-posted, upstream.</summary>
    Atomic,

    /// <summary>An ATS translation request: non-posted, upstream.</summary>
    TranslationRequest,

    /// <summary>A page request: posted, upstream.</summary>
    PageRequest,

    /// <summary>The completion of ATS invalidations: posted, upstream.</summary>
    InvalidateCompletion,

    /// <summary>The completion of a memory read, downstream.</summary>
    ReadCompletion,

    /// <summary>The completion of an AtomicOp, downstream.</summary>
    AtomicCompletion,

    /// <summary>The completion of a translation request, downstream.</summary>
    TranslationCompletion,

    /// <summary>An ATS invalidation: posted, downstream.</summary>
    InvalidateRequest,

    /// <summary>The response to a page request group: posted, downstream.</summary>
    PageGroupResponse,

    /// <summary>A processor's write to a device's register: posted, downstream.</summary>
    RegisterWrite,

    /// <summary>A processor's 64-byte write to a device's portal: posted, downstream.</summary>
    CommandWrite,

    /// <summary>An interrupt message from a unit to a processor: posted.</summary>
    Interrupt,
}
