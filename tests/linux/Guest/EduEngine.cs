namespace IoAsid.Typed.Linux.Guest;

/// <summary>QEMU's edu device: a DMA engine with a buffer of its own and an interrupt.</summary>
internal sealed class EduEngine : IDisposable
{
    private const ulong Buffer = 0x4_0000;

    private readonly MappedRegisters _registers;
    private readonly VfioInterrupts _interrupts;

    public EduEngine(VfioDevice device)
    {
        device.Configuration.MemorySpaceEnabled = true;
        device.Configuration.BusMasterEnabled = true;
        _registers = device.MapRegisters(VfioRegionIndex.Bar0);
        _interrupts = device.EnableInterrupts(VfioInterruptKind.Msi);
    }

    public uint Identification => _registers.Read32(0);

    /// <summary>Copies memory into the device's buffer and back by two DMAs. Returns the number of interrupts.</summary>
    public long Copy(ulong source, ulong destination, uint count) => Run(source, Buffer, count, toMemory: false) + Run(Buffer, destination, count, toMemory: true);

    public void Dispose()
    {
        _interrupts.Dispose();
        _registers.Dispose();
    }

    private long Run(ulong source, ulong destination, uint count, bool toMemory)
    {
        _registers.Write64(0x80, source);
        _registers.Write64(0x88, destination);
        _registers.Write64(0x90, count);
        _registers.Write64(0x98, 1u | (toMemory ? 2u : 0) | 4u);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        long raised = _interrupts.WaitAsync(0, limit.Token).AsTask().GetAwaiter().GetResult();
        _registers.Write32(0x64, _registers.Read32(0x24));
        return raised;
    }
}
