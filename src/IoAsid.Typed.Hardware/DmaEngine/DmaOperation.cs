namespace IoAsid.Typed.Hardware;

/// <summary>What a descriptor asks for.</summary>
public enum DmaOperation
{
    /// <summary>Nothing: only the completion.</summary>
    NoOperation = 0,

    /// <summary>Waits until everything accepted before by the same queue is complete.</summary>
    Drain = 1,

    /// <summary>Copies from the source to the destination.</summary>
    Copy = 2,

    /// <summary>Fills the destination with the 8 bytes of the operand.</summary>
    Fill = 3,

    /// <summary>
    /// Compares the source with the destination: the result is 0 if they are the same, else 1 and where they first differ.
    /// </summary>
    Compare = 4,

    /// <summary>Adds the operand to the 8 bytes at the destination as an AtomicOp: the value is what was there before.</summary>
    AtomicAdd = 5,

    /// <summary>Copies from the source to the destination in the address space of another PASID.</summary>
    MoveBetween = 6,
}
