namespace IoAsid.Typed.Emulation;

/// <summary>The AtomicOps of PCIe, on 4 or 8 bytes.</summary>
internal enum AtomicOperation : byte
{
    /// <summary>Adds the operand.</summary>
    FetchAdd,

    /// <summary>Writes the operand.</summary>
    Swap,

    /// <summary>Writes the operand if memory contains the comparand.</summary>
    CompareAndSwap,
}
