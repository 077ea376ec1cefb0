namespace IoAsid.Typed.Vtd;

/// <summary>PQA: where the page request queue is.</summary>
[BitLayout("PQA_REG", 64, Needs = Requirement.PageRequests)]
public readonly partial record struct PageRequestQueueAddressRegister
{
    /// <summary>PQS: the queue has 2^PQS pages of 4 KiB.</summary>
    [Bits("PQS", 0, 2)] public partial byte QueueSize { get; init; }

    /// <summary>PQA: the address of the queue, a multiple of 4096.</summary>
    [Bits("PQA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong Queue { get; init; }

    /// <summary>Bytes of the queue; an entry has 32.</summary>
    public uint SizeInBytes => 4096u << QueueSize;
}
