namespace IoAsid.Typed.Vtd;

/// <summary>IQT: the offset behind the last descriptor that software has written.</summary>
[BitLayout("IQT_REG", 64, Needs = Requirement.QueuedInvalidation)]
public readonly partial record struct InvalidationQueueTailRegister
{
    /// <summary>QT: a byte offset into the queue, a multiple of 16, and of 32 with 256-bit descriptors.</summary>
    [Bits("QT", 4, 18, Content = FieldContent.Address)] public partial ulong Tail { get; init; }
}
