using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The descriptors that are submitted to the host's queue, without the waits.</summary>
internal sealed class QueueTap : IProcessorObserver, IDisposable
{
    private readonly IommuFixture _fixture;
    private readonly IDisposable _subscription;
    private readonly ulong _ring;
    private ulong _tail;

    public QueueTap(IommuFixture fixture)
    {
        _fixture = fixture;
        IRegisterBlock registers = fixture.Machine.Units[0].Registers;
        _ring = new InvalidationQueueAddressRegister(registers.Read64(RegisterOffsets.InvalidationQueueAddress)).Queue;
        _tail = new InvalidationQueueTailRegister(registers.Read64(RegisterOffsets.InvalidationQueueTail)).Tail;
        _subscription = fixture.Machine.Bus.Observe(this);
    }

    /// <summary>The action that is called for each descriptor, waits included, when it is submitted.</summary>
    public Action<InvalidationDescriptor>? OnSubmitted { get; init; }

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
            Add(new InvalidationDescriptor(_fixture.Machine.PhysicalMemory.ReadBits<Bits256>(_ring + _tail)));
    }

    private void Add(InvalidationDescriptor descriptor)
    {
        OnSubmitted?.Invoke(descriptor);
        if (descriptor.Type != InvalidationType.Wait)
            Sent.Add(descriptor);
    }
}
