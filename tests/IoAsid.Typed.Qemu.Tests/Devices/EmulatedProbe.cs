using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>An emulated device like QEMU's iommu-testdev, without PASIDs, device TLB and page requests.</summary>
internal sealed class EmulatedProbe(FunctionContext context)
    : EmulatedFunction(context, new FunctionOptions { PasidWidth = 0, InvalidateQueueDepth = 0, PageRequestCapacity = 0 }), IProbe, IRegisterBlock
{
    private const uint Address = 0;

    private readonly SeededScheduler _processor = context.Scheduler;

    public IPciFunction Function => this;

    protected override IRegisterBlock RegisterFile => this;

    public async ValueTask WriteAsync(ulong address)
    {
        Registers.Write64(Address, address);
        await _processor.Delay(TimeSpan.FromMilliseconds(1));
    }

    public uint Read32(uint offset) => 0;

    public ulong Read64(uint offset) => 0;

    public void Write32(uint offset, uint value)
    {
    }

    public void Write64(uint offset, ulong value) => _ = Dma.WriteAsync(default, value, BitConverter.GetBytes(IProbe.Word)).AsTask();
}
