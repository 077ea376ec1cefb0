namespace IoAsid.Typed.Vtd;

/// <summary>PQT: the next page request that hardware writes.</summary>
[BitLayout("PQT_REG", 64, Needs = Requirement.PageRequests)]
public readonly partial record struct PageRequestQueueTailRegister
{
    /// <summary>PQT: a byte offset into the queue, a multiple of 32.</summary>
    [Bits("PQT", 5, 18, Content = FieldContent.Address)] public partial ulong Tail { get; init; }
}
