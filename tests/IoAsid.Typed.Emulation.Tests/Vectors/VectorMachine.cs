using System.Text.Json;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>
/// The unit under replay. It is driven by raw register offsets and raw bytes, without the layouts of the library.
/// </summary>
internal sealed class VectorMachine : IDownstreamPort, IDisposable
{
    private readonly int _faultRecord;
    private readonly uint _descriptorSize;
    private readonly ulong _queue;

    public VectorMachine(Vector vector)
    {
        JsonElement config = vector.Config;
        ulong capability = config.Hex("cap");
        _faultRecord = (int)(capability >> 24 & 0x3FF) * 16;
        Memory = new SparseMemory(new MemoryRange(0, 0x8000_0000), new MemoryRange(0x1_0000_0000, 0x2_8000_0000));
        foreach ((ulong address, ulong value) in vector.Memory)
            Assert.True(Memory.TryWriteUInt64(address, value));

        UnitOptions options = new()
        {
            Capabilities = new VtdCapabilities(capability, vector.ExtendedCapability, config.Number("aw_bits")),
        };
        Unit = new VtdUnit(options, new UnitContext("replayed", Memory, Scheduler.Hardware, this));
        foreach (JsonElement register in vector.RegistersBefore)
            WriteRegister(register);
        Write64(0x20, vector.RootTable);
        Command(1u << 30);
        if (vector.Queue is { } queue)
        {
            _queue = queue.Hex("base");
            _descriptorSize = queue.Number("dw") == 1 ? 32u : 16u;
            Write64(0x88, 0);
            Write64(0x90, _queue | (ulong)queue.Number("dw") << 11);
            Command(1u << 26);
        }

        if (vector.TranslationEnabled)
            Command(1u << 31);
    }

    public SparseMemory Memory { get; }

    public VtdUnit Unit { get; }

    public SeededScheduler Scheduler { get; } = new();

    public List<InvalidateRequestMessage> Invalidations { get; } = [];

    public List<PageGroupResponseMessage> Responses { get; } = [];

    public uint Read32(uint offset) => Unit.Registers.Read32(offset);

    public ulong Read64(uint offset) => Unit.Registers.Read64(offset);

    public void Write64(uint offset, ulong value) => Unit.Registers.Write64(offset, value);

    public void WriteRegister(JsonElement register)
    {
        if (register.GetArrayLength() == 2)
            Unit.Registers.Write32((uint)register[0].Hex(), (uint)register[1].Hex());
        else if (register[0].GetInt32() == 64)
            Unit.Registers.Write64(Offset(register[1]), register[2].Hex());
        else
            Unit.Registers.Write32(Offset(register[1]), (uint)register[2].Hex());
        Scheduler.Run();
    }

    public ulong ReadRegister(JsonElement register) =>
        register[0].GetInt32() == 64 ? Read64(Offset(register[1])) : Read32(Offset(register[1]));

    /// <summary>CAP.FRO: the offset of the fault record, in bytes.</summary>
    public ulong FaultRecordOffset => (ulong)_faultRecord;

    /// <summary>The two halves of the fault record; null if no fault is recorded.</summary>
    public (ulong Low, ulong High)? Fault
    {
        get
        {
            ulong high = Read64((uint)_faultRecord + 8);
            return high >> 63 == 0 ? null : (Read64((uint)_faultRecord), high);
        }
    }

    public void ClearFaults()
    {
        Unit.Registers.Write32((uint)_faultRecord + 12, 1u << 31);
        Unit.Registers.Write32(0x34, 0x7F);
    }

    /// <summary>Stores a descriptor at the tail of the queue and writes the tail.</summary>
    public void Submit(JsonElement descriptor)
    {
        ulong tail = Read64(0x88);
        for (uint word = 0; word < _descriptorSize / 8; word++)
        {
            ulong value = word < descriptor.GetArrayLength() ? descriptor[(int)word].Hex() : 0;
            Assert.True(Memory.TryWriteUInt64(_queue + tail + word * 8, value));
        }

        Write64(0x88, (tail + _descriptorSize) % 4096);
        Scheduler.Run();
    }

    public void Send(in InvalidateRequestMessage message)
    {
        Invalidations.Add(message);
        Unit.Receive(new InvalidateCompletionMessage(message.Target, 1u << message.Tag));
    }

    public void Send(in PageGroupResponseMessage message) => Responses.Add(message);

    public void Send(in InterruptMessage message)
    {
        // The registers show sent and pending interrupts, so the message is ignored.
    }

    public void Dispose() => Unit.Dispose();

    private void Command(uint bit) => Unit.Registers.Write32(0x18, Read32(0x1C) & 0x96FF_FFFF | bit);

    private static uint Offset(JsonElement offset) => offset.ValueKind == JsonValueKind.Number ? offset.GetUInt32() : (uint)offset.Hex();
}
