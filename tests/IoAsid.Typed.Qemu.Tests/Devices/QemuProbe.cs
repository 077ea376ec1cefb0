using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>QEMU's iommu-testdev (hw/misc/iommu-testdev.c): a read of its trigger register makes it write a word at once.</summary>
internal sealed class QemuProbe(IPciFunction function) : IProbe
{
    private const uint Trigger = 0x00;
    private const uint AddressLow = 0x04;
    private const uint AddressHigh = 0x08;
    private const uint Length = 0x0C;
    private const uint Arm = 0x14;
    private const uint CheckLow = 0x1C;
    private const uint CheckHigh = 0x20;

    public IPciFunction Function => function;

    public ValueTask WriteAsync(ulong address)
    {
        IRegisterBlock registers = function.Registers;
        registers.Write32(AddressLow, (uint)address);
        registers.Write32(AddressHigh, (uint)(address >> 32));
        registers.Write32(CheckLow, 0);
        registers.Write32(CheckHigh, 0);
        registers.Write32(Length, sizeof(uint));
        registers.Write32(Arm, 1);
        registers.Read32(Trigger);
        return ValueTask.CompletedTask;
    }
}
