namespace IoAsid.Typed.DmaEngine;

/// <summary>
/// The offsets of the registers of the DMA engine, in bytes from the start of its register block. Each register has 8 bytes and
/// allows accesses of 4 or 8 bytes.
/// </summary>
/// <remarks>
/// This project designed the engine. It is like Intel DSA in the features that matter for an IOMMU: shared and dedicated work queues, descriptors of 64 bytes,
/// and addresses of the submitter's own address space. Portal <c>i</c> of the function belongs to work queue <c>i</c>.
/// </remarks>
public static class DmaEngineRegisters
{
    /// <summary>Read-only: <see cref="DmaEngineCapabilities"/>.</summary>
    public const uint Capabilities = 0x00;

    /// <summary>Write: starts a <see cref="DmaEngineCommand"/>, unless a command is active. Read: the last command.</summary>
    public const uint Command = 0x08;

    /// <summary>Read-only: <see cref="DmaEngineCommandStatus"/>.</summary>
    public const uint CommandStatus = 0x10;

    /// <summary>The first error that no completion record reports, a <see cref="DmaEngineError"/>. Any write clears it.</summary>
    public const uint Error = 0x18;

    /// <summary>Read-only: the address of the access that failed, while <see cref="Error"/> is valid.</summary>
    public const uint ErrorAddress = 0x20;

    /// <summary>The number of bytes from the registers of a work queue to those of the next.</summary>
    public const uint QueueStride = 0x10;

    private const uint FirstQueue = 0x100;
    private const uint StatusInQueue = 0x08;

    /// <summary>Returns the offset of the configuration of a work queue, a <see cref="DmaQueueConfiguration"/>.</summary>
    /// <param name="queue">The index of the queue.</param>
    public static uint QueueConfiguration(int queue) => FirstQueue + (uint)queue * QueueStride;

    /// <summary>Returns the offset of the number of descriptors that wait in a work queue. Read-only.</summary>
    /// <param name="queue">The index of the queue.</param>
    public static uint QueueOccupancy(int queue) => QueueConfiguration(queue) + StatusInQueue;
}
