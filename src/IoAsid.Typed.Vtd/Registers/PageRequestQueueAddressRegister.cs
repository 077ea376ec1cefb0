namespace IoAsid.Typed.Vtd;

/// <summary>PQA: the address and the size of the page request queue.</summary>
[BitLayout("PQA_REG", 64, Needs = Requirement.PageRequests)]
public readonly partial record struct PageRequestQueueAddressRegister
{
    private const uint PageSize = 4096;

    /// <summary>PQS: the queue has 2^PQS pages of 4 KiB.</summary>
    [Bits("PQS", 0, 2)] public partial byte QueueSize { get; init; }

    /// <summary>PQA: the address of the queue, a multiple of 4096.</summary>
    [Bits("PQA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong Queue { get; init; }

    /// <summary>The size of the queue, in bytes. An entry has 32 bytes.</summary>
    public uint SizeInBytes => PageSize << QueueSize;
}
