namespace IoAsid.Typed.Vtd;

/// <summary>ICS: the status of the invalidation completion event.</summary>
[BitLayout("ICS_REG", 32, Needs = Requirement.QueuedInvalidation, Access = RegisterAccess.OneToClear)]
public readonly partial record struct InvalidationCompletionStatusRegister(Bits64 Bits)
{
    /// <summary>IWC: a wait with IF is complete. A write of 1 clears the bit.</summary>
    [Bits("IWC", 0)] public partial bool WaitComplete { get; init; }
}
