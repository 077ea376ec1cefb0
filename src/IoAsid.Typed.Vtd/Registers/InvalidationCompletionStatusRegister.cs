namespace IoAsid.Typed.Vtd;

/// <summary>ICS: whether an invalidation wait interrupted.</summary>
[BitLayout("ICS_REG", 32, Needs = Requirement.QueuedInvalidation, Access = RegisterAccess.OneToClear)]
public readonly partial record struct InvalidationCompletionStatusRegister(Bits64 Bits)
{
    /// <summary>IWC: a wait with IF is done. Writing 1 clears it.</summary>
    [Bits("IWC", 0)] public partial bool WaitComplete { get; init; }
}
