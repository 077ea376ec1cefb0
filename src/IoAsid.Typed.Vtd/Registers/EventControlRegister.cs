namespace IoAsid.Typed.Vtd;

/// <summary>FECTL, IECTL and PECTL: the mask and the pending bit of an event.</summary>
[BitLayout("ECTL_REG", 32)]
public readonly partial record struct EventControlRegister(Bits64 Bits)
{
    /// <summary>IP: an interrupt waits for IM to be cleared.</summary>
    [Bits("IP", 30, Access = RegisterAccess.ReadOnly)] public partial bool InterruptPending { get; init; }

    /// <summary>IM: the event does not interrupt.</summary>
    [Bits("IM", 31)] public partial bool InterruptMask { get; init; }
}
