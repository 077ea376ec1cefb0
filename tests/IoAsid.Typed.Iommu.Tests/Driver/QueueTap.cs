using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What the host's queue is told while it is open, without the waits.</summary>
internal sealed class QueueTap : IProcessorObserver, IDisposable
{
    private readonly IommuBench _bench;
    private readonly IDisposable _subscription;
    private readonly ulong _ring;
    private ulong _tail;

    public QueueTap(IommuBench bench)
    {
        _bench = bench;
        IRegisterBlock registers = bench.Machine.Units[0].Registers;
        _ring = new InvalidationQueueAddressRegister(registers.Read64(RegisterOffsets.InvalidationQueueAddress)).Queue;
        _tail = new InvalidationQueueTailRegister(registers.Read64(RegisterOffsets.InvalidationQueueTail)).Tail;
        _subscription = bench.Machine.Bus.Observe(this);
    }

    /// <summary>Told of each descriptor, waits included, when the unit is.</summary>
    public Action<InvalidationDescriptor>? Told { get; init; }

    public List<InvalidationDescriptor> Sent { get; } = [];

    public void Dispose() => _subscription.Dispose();

    public void MemoryWritten(ulong address, int length)
    {
    }

    public void RegisterWritten(string block, uint offset, int size, ulong value)
    {
        if (offset != RegisterOffsets.InvalidationQueueTail)
            return;
        ulong end = new InvalidationQueueTailRegister(value).Tail;
        for (; _tail != end; _tail = (_tail + 32) % (512 * 32))
            Add(new InvalidationDescriptor(_bench.Machine.PhysicalMemory.ReadBits<Bits256>(_ring + _tail)));
    }

    private void Add(InvalidationDescriptor descriptor)
    {
        Told?.Invoke(descriptor);
        if (descriptor.Type != InvalidationType.Wait)
            Sent.Add(descriptor);
    }
}
