using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>QEMU's edu (docs/specs/edu.rst): a DMA engine with its own buffer. A transfer takes time on the machine's clock.</summary>
internal sealed class EduDevice(IPciFunction function, IScheduler scheduler)
{
    /// <summary>The address of the buffer inside the device.</summary>
    public const ulong Buffer = 0x4_0000;

    private const uint Source = 0x80;
    private const uint Destination = 0x88;
    private const uint Count = 0x90;
    private const uint Command = 0x98;
    private const ulong Start = 1;
    private const ulong ToMemory = 2;

    public IPciFunction Function => function;

    public ValueTask ReadAsync(ulong address, int length) => TransferAsync(address, Buffer, length, Start);

    public ValueTask WriteAsync(ulong address, int length) => TransferAsync(Buffer, address, length, Start | ToMemory);

    private async ValueTask TransferAsync(ulong source, ulong destination, int length, ulong command)
    {
        IRegisterBlock registers = function.Registers;
        registers.Write64(Source, source);
        registers.Write64(Destination, destination);
        registers.Write64(Count, (ulong)length);
        registers.Write64(Command, command);
        Assert.True(await scheduler.WaitUntil(() => (registers.Read64(Command) & Start) == 0, TimeSpan.FromSeconds(1)), "The transfer of edu did not complete.");
    }
}
