namespace IoAsid.Typed.Vtd;

/// <summary>PRS: the status of the page request queue.</summary>
[BitLayout("PRS_REG", 32, Needs = Requirement.PageRequests, Access = RegisterAccess.OneToClear)]
public readonly partial record struct PageRequestStatusRegister(Bits64 Bits)
{
    /// <summary>PPR: an entry was added. A write of 1 clears the bit.</summary>
    [Bits("PPR", 0)] public partial bool PendingPageRequest { get; init; }

    /// <summary>PRO: the queue was full. Requests are discarded until a write of 1 clears the bit.</summary>
    [Bits("PRO", 1)] public partial bool PageRequestOverflow { get; init; }
}
