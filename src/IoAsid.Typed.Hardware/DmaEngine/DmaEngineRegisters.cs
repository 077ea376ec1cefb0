namespace IoAsid.Typed.Hardware;

/// <summary>
/// The registers of the DMA engine: where they are, in bytes from the start of its register block. All have 8 bytes and take
/// accesses of 4 or 8.
/// </summary>
/// <remarks>
/// The engine is a function of this project's own design, like Intel DSA in what matters here: work queues that are shared or
/// dedicated, descriptors of 64 bytes, and addresses of the submitter's own address space. Portal <c>i</c> of the function feeds
/// work queue <c>i</c>.
/// </remarks>
public static class DmaEngineRegisters
{
    /// <summary>Read-only: <see cref="DmaEngineCapabilities"/>.</summary>
    public const uint Capabilities = 0x00;

    /// <summary>Write: starts a <see cref="DmaEngineCommand"/>, unless one is active. Reads as the last one.</summary>
    public const uint Command = 0x08;

    /// <summary>Read-only: <see cref="DmaEngineCommandStatus"/>.</summary>
    public const uint CommandStatus = 0x10;

    /// <summary>
    /// What went wrong and could not be said in a completion record: <see cref="DmaEngineError"/>. Any write clears it.
    /// </summary>
    public const uint Error = 0x18;

    /// <summary>Read-only: the address of the access that went wrong, while <see cref="Error"/> is valid.</summary>
    public const uint ErrorAddress = 0x20;

    /// <summary>Bytes between the registers of two work queues.</summary>
    public const uint QueueStride = 0x10;

    private const uint FirstQueue = 0x100;
    private const uint StatusInQueue = 0x08;

    /// <summary>The configuration of a work queue: <see cref="DmaQueueConfiguration"/>.</summary>
    /// <param name="queue">The queue, from 0.</param>
    /// <returns>The offset.</returns>
    public static uint QueueConfiguration(int queue) => FirstQueue + (uint)queue * QueueStride;

    /// <summary>Read-only: how many descriptors wait in a work queue.</summary>
    /// <param name="queue">The queue, from 0.</param>
    /// <returns>The offset.</returns>
    public static uint QueueOccupancy(int queue) => QueueConfiguration(queue) + StatusInQueue;
}
