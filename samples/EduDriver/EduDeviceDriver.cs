using IoAsid.Typed.Hardware;

namespace EduDriver;

/// <summary>A driver of QEMU's edu device. It runs on an emulated machine and on Linux without a difference.</summary>
internal sealed class EduDeviceDriver : IAsyncDisposable
{
    private const byte Magic = 0xED;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly IDmaDevice _device;
    private readonly IDeviceInterrupts _interrupts;
    private readonly IDmaMemory _memory;

    private EduDeviceDriver(IDmaDevice device, IDeviceInterrupts interrupts, IDmaMemory memory)
    {
        _device = device;
        _interrupts = interrupts;
        _memory = memory;
    }

    /// <summary>The version of the device.</summary>
    public EduIdentification Identification => new(_device.Registers.Read32(EduRegisters.Identification));

    /// <summary>The number of interrupts so far.</summary>
    public int Interrupts { get; private set; }

    /// <summary>Starts the device. The disposal of the driver closes it.</summary>
    /// <exception cref="InvalidOperationException">The device is not an edu device. It is closed.</exception>
    public static async ValueTask<EduDeviceDriver> StartAsync(IDmaDevice device)
    {
        try
        {
            EduIdentification found = new(device.Registers.Read32(EduRegisters.Identification));
            if (found.Magic != Magic)
                throw new InvalidOperationException($"{device.Name} is not an edu device: its identification is {found}.");
            device.AddressBits = EduRegisters.AddressBits;
            IDmaMemory memory = await device.AllocateAsync(EduRegisters.BufferLength);
            IDeviceInterrupts interrupts = device.EnableInterrupts();
            device.BusMasterEnabled = true;
            return new EduDeviceDriver(device, interrupts, memory);
        }
        catch
        {
            await device.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns true if the device responds: it inverts a written value.</summary>
    public bool IsAlive()
    {
        const uint pattern = 0x1234_5678;
        _device.Registers.Write32(EduRegisters.Liveness, pattern);
        return _device.Registers.Read32(EduRegisters.Liveness) == ~pattern;
    }

    /// <summary>Computes a factorial on the device, and waits for its interrupt.</summary>
    public async ValueTask<uint> FactorialAsync(uint number)
    {
        _device.Registers.Write32(EduRegisters.Status, (uint)new EduStatus { RaisesInterrupt = true }.Bits.Value);
        _device.Registers.Write32(EduRegisters.Factorial, number);
        await TakeInterruptAsync(EduRegisters.FactorialDone);
        return _device.Registers.Read32(EduRegisters.Factorial);
    }

    /// <summary>Copies bytes into the buffer of the device and back into memory, by two DMAs.</summary>
    public async ValueTask<byte[]> CopyThroughDeviceAsync(ReadOnlyMemory<byte> bytes)
    {
        _memory.Write(0, bytes.Span);
        await CopyAsync(_memory.Address, EduRegisters.Buffer, bytes.Length, toMemory: false);
        _memory.Write(0, new byte[bytes.Length]);
        await CopyAsync(EduRegisters.Buffer, _memory.Address, bytes.Length, toMemory: true);
        byte[] copied = new byte[bytes.Length];
        _memory.Read(0, copied);
        return copied;
    }

    public ValueTask DisposeAsync() => _device.DisposeAsync();

    private ValueTask CopyAsync(ulong source, ulong destination, int count, bool toMemory)
    {
        _device.Registers.Write64(EduRegisters.DmaSource, source);
        _device.Registers.Write64(EduRegisters.DmaDestination, destination);
        _device.Registers.Write64(EduRegisters.DmaCount, (ulong)count);
        EduCommand command = new() { Start = true, ToMemory = toMemory, RaisesInterrupt = true };
        _device.Registers.Write32(EduRegisters.DmaCommand, (uint)command.Bits.Value);
        return TakeInterruptAsync(EduRegisters.DmaDone);
    }

    private async ValueTask TakeInterruptAsync(uint expected)
    {
        if (!await _interrupts.WaitAsync(0, s_patience))
            throw new TimeoutException($"{_device.Name} sent no interrupt within {s_patience.TotalSeconds} s.");
        Interrupts++;
        uint status = _device.Registers.Read32(EduRegisters.InterruptStatus);
        _device.Registers.Write32(EduRegisters.InterruptAcknowledge, status);
        if (status != expected)
            throw new InvalidOperationException($"{_device.Name} reports the interrupt status 0x{status:X}; 0x{expected:X} was expected.");
    }
}
