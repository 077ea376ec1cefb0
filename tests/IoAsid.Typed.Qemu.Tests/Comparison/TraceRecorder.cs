using System.Security.Cryptography;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>
/// A machine between a driver and the real machine. It records the driver's writes to registers and memory. It does not record reads, because the number of polls
/// depends on the speed of the hardware.
/// </summary>
internal sealed class TraceRecorder(IPlatform machine, VtdCapabilities capabilities) : IPlatform
{
    private readonly RegisterFile _registers = new(capabilities);
    private readonly List<string> _lines = [];

    /// <summary>The lines of the trace.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public IPhysicalMemory Memory => field ??= new RecordedMemory(this, machine.Memory);

    public IReadOnlyList<MemoryRange> Ram => machine.Ram;

    public IReadOnlyList<IIommuUnit> Units => field ??= [.. machine.Units.Select(unit => new RecordedUnit(this, unit))];

    public IInterruptController Interrupts => machine.Interrupts;

    public IScheduler Scheduler => machine.Scheduler;

    public IDisposable Subscribe(IPlatformObserver observer) => machine.Subscribe(observer);

    /// <summary>Adds a line of the scenario.</summary>
    public void Note(string line) => _lines.Add(line);

    private void NoteRegister(uint offset, ulong value)
    {
        PlacedRegister? register = _registers.Find((int)offset);
        string name = register is null ? $"0x{offset:X3}" : register.Name + (register.Offset == (int)offset ? "" : "+4");
        Note($"write {name} = 0x{value:X}");
    }

    private sealed class RecordedUnit(TraceRecorder owner, IIommuUnit unit) : IIommuUnit, IRegisterBlock
    {
        public string Name => unit.Name;

        public IRegisterBlock Registers => this;

        public IReadOnlyCollection<IPciFunction> Functions => unit.Functions;

        public uint Read32(uint offset) => unit.Registers.Read32(offset);

        public ulong Read64(uint offset) => unit.Registers.Read64(offset);

        public void Write32(uint offset, uint value)
        {
            owner.NoteRegister(offset, value);
            unit.Registers.Write32(offset, value);
        }

        public void Write64(uint offset, ulong value)
        {
            owner.NoteRegister(offset, value);
            unit.Registers.Write64(offset, value);
        }
    }

    private sealed class RecordedMemory(TraceRecorder owner, IPhysicalMemory memory) : IPhysicalMemory
    {
        public bool TryRead(ulong address, Span<byte> destination) => memory.TryRead(address, destination);

        public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
        {
            string contents = source.ContainsAnyExcept((byte)0) ? Convert.ToHexString(SHA256.HashData(source)) : "zeros";
            owner.Note($"write 0x{address:X}: {source.Length} bytes, {contents}");
            return memory.TryWrite(address, source);
        }

        public bool TryReadUInt32(ulong address, out uint value) => memory.TryReadUInt32(address, out value);

        public bool TryWriteUInt32(ulong address, uint value)
        {
            owner.Note($"write 0x{address:X} = 0x{value:X8}");
            return memory.TryWriteUInt32(address, value);
        }

        public bool TryReadUInt64(ulong address, out ulong value) => memory.TryReadUInt64(address, out value);

        public bool TryWriteUInt64(ulong address, ulong value)
        {
            owner.Note($"write 0x{address:X} = 0x{value:X16}");
            return memory.TryWriteUInt64(address, value);
        }

        public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found)
        {
            owner.Note($"exchange 0x{address:X}: 0x{expected:X16}, 0x{value:X16}");
            return memory.TryCompareExchange(address, expected, value, out found);
        }
    }
}
