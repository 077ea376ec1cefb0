namespace IoAsid.Typed.Vtd;

/// <summary>PRS: whether page requests wait, and whether some were lost.</summary>
[BitLayout("PRS_REG", 32, Needs = Requirement.PageRequests, Access = RegisterAccess.OneToClear)]
public readonly partial record struct PageRequestStatusRegister(Bits64 Bits)
{
    /// <summary>PPR: an entry was added. Writing 1 clears it.</summary>
    [Bits("PPR", 0)] public partial bool PendingPageRequest { get; init; }

    /// <summary>PRO: the queue was full; requests are discarded until it is cleared. Writing 1 clears it.</summary>
    [Bits("PRO", 1)] public partial bool PageRequestOverflow { get; init; }
}
