namespace IoAsid.Typed.Vtd;

/// <summary>IQA: the address and the size of the invalidation queue.</summary>
[BitLayout("IQA_REG", 64, Needs = Requirement.QueuedInvalidation)]
public readonly partial record struct InvalidationQueueAddressRegister
{
    private const uint PageSize = 4096;

    /// <summary>QS: the queue has 2^QS pages of 4 KiB.</summary>
    [Bits("QS", 0, 2)] public partial byte QueueSize { get; init; }

    /// <summary>DW: descriptors have 256 bits and not 128.</summary>
    [Bits("DW", 11)] public partial bool WideDescriptors { get; init; }

    /// <summary>IQA: the address of the queue, a multiple of 4096.</summary>
    [Bits("IQA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong Queue { get; init; }

    /// <summary>The size of the queue, in bytes.</summary>
    public uint SizeInBytes => PageSize << QueueSize;

    /// <summary>The size of a descriptor, in bytes: 16 or 32.</summary>
    public int DescriptorSize => WideDescriptors ? 32 : 16;
}
