namespace IoAsid.Typed.Vtd;

/// <summary>IQA: where the invalidation queue is.</summary>
[BitLayout("IQA_REG", 64, Needs = Requirement.QueuedInvalidation)]
public readonly partial record struct InvalidationQueueAddressRegister
{
    /// <summary>QS: the queue has 2^QS pages of 4 KiB.</summary>
    [Bits("QS", 0, 2)] public partial byte QueueSize { get; init; }

    /// <summary>DW: descriptors have 256 bits and not 128.</summary>
    [Bits("DW", 11)] public partial bool WideDescriptors { get; init; }

    /// <summary>IQA: the address of the queue, a multiple of 4096.</summary>
    [Bits("IQA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong Queue { get; init; }

    /// <summary>Bytes of the queue.</summary>
    public uint SizeInBytes => 4096u << QueueSize;

    /// <summary>Bytes of a descriptor: 16 or 32.</summary>
    public int DescriptorSize => WideDescriptors ? 32 : 16;
}
