namespace OwnDevice;

/// <summary>The offsets of the registers of the network card. Each register has 8 bytes.</summary>
public static class NicRegisters
{
    /// <summary>Read-only: <see cref="NicCapabilities"/>.</summary>
    public const uint Capabilities = 0x00;

    /// <summary>Write: starts a <see cref="NicCommand"/>, unless one is active.</summary>
    public const uint Command = 0x08;

    /// <summary>Read-only: <see cref="NicCommandStatus"/>.</summary>
    public const uint CommandStatus = 0x10;

    private const uint FirstQueue = 0x100;
    private const uint QueueStride = 0x20;

    /// <summary>Returns the offset of the <see cref="NicQueueConfiguration"/> of a queue.</summary>
    public static uint Configuration(NicQueueKind queue) => FirstQueue + (uint)queue * QueueStride;

    /// <summary>Returns the offset of the address of the ring, in the address space of the queue's PASID.</summary>
    public static uint Ring(NicQueueKind queue) => Configuration(queue) + 0x08;

    /// <summary>Returns the offset of the number of descriptors that the driver has added to the ring since it was opened.</summary>
    public static uint Tail(NicQueueKind queue) => Configuration(queue) + 0x10;

    /// <summary>Returns the offset of the number of descriptors that the card has completed. Read-only.</summary>
    public static uint Head(NicQueueKind queue) => Configuration(queue) + 0x18;
}
