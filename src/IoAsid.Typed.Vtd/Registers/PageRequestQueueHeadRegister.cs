namespace IoAsid.Typed.Vtd;

/// <summary>PQH: the next page request that software reads.</summary>
[BitLayout("PQH_REG", 64, Needs = Requirement.PageRequests)]
public readonly partial record struct PageRequestQueueHeadRegister
{
    /// <summary>PQH: a byte offset into the queue, a multiple of 32.</summary>
    [Bits("PQH", 5, 18, Content = FieldContent.Address)] public partial ulong Head { get; init; }
}
