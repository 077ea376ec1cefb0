namespace IoAsid.Typed.Vtd;

/// <summary>IQH: the next descriptor that hardware reads.</summary>
[BitLayout("IQH_REG", 64, Needs = Requirement.QueuedInvalidation, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct InvalidationQueueHeadRegister
{
    /// <summary>QH: a byte offset into the queue, a multiple of 16, and of 32 with 256-bit descriptors.</summary>
    [Bits("QH", 4, 18, Content = FieldContent.Address)] public partial ulong Head { get; init; }
}
