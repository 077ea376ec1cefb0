using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A kind of invalidation descriptor that an incorrect driver omits.</summary>
/// <param name="Name">The display name.</param>
/// <param name="IsOmitted">The predicate that returns true for an omitted descriptor.</param>
internal sealed record Omission(string Name, Func<InvalidationDescriptor, bool> IsOmitted)
{
    /// <summary>Each kind of descriptor that the driver sends for domains.</summary>
    public static IReadOnlyList<Omission> All { get; } =
    [
        new("context cache, one device", descriptor => descriptor.Type == InvalidationType.ContextCache
            && new ContextCacheInvalidation(descriptor.Bits).Granularity == ContextInvalidationGranularity.Device),
        new("PASID cache, one PASID", descriptor => descriptor.Type == InvalidationType.PasidCache
            && new PasidCacheInvalidation(descriptor.Bits).Granularity == PasidCacheGranularity.Pasid),
        new("IOTLB, one domain", descriptor => descriptor.Type == InvalidationType.Iotlb
            && new IotlbInvalidation(descriptor.Bits).Granularity == IotlbInvalidationGranularity.Domain),
        new("IOTLB, pages of a domain", descriptor => descriptor.Type == InvalidationType.Iotlb
            && new IotlbInvalidation(descriptor.Bits).Granularity == IotlbInvalidationGranularity.Page),
        new("IOTLB, one PASID", descriptor => descriptor.Type == InvalidationType.PasidIotlb
            && new PasidIotlbInvalidation(descriptor.Bits).Granularity == PasidIotlbGranularity.Pasid),
        new("IOTLB, pages of a PASID", descriptor => descriptor.Type == InvalidationType.PasidIotlb
            && new PasidIotlbInvalidation(descriptor.Bits).Granularity == PasidIotlbGranularity.Page),
        new("everything at the start", descriptor => descriptor.Type switch
        {
            InvalidationType.ContextCache => new ContextCacheInvalidation(descriptor.Bits).Granularity == ContextInvalidationGranularity.Global,
            InvalidationType.PasidCache => new PasidCacheInvalidation(descriptor.Bits).Granularity == PasidCacheGranularity.Global,
            InvalidationType.Iotlb => new IotlbInvalidation(descriptor.Bits).Granularity == IotlbInvalidationGranularity.Global,
            _ => false,
        }),
    ];
}

/// <summary>A machine that makes its driver incorrect. A fence replaces each descriptor of one kind.</summary>
internal sealed class OmittingPlatform(IPlatform machine, Omission omission) : IPlatform
{
    private const ulong DescriptorSize = 32;

    public IPhysicalMemory Memory => field ??= new OmittingMemory(this, machine.Memory);

    public IReadOnlyList<MemoryRange> Ram => machine.Ram;

    public IReadOnlyList<IIommuUnit> Units => machine.Units;

    public IInterruptController Interrupts => machine.Interrupts;

    public IScheduler Scheduler => machine.Scheduler;

    /// <summary>The number of omitted descriptors.</summary>
    public int Omitted { get; private set; }

    public IDisposable Subscribe(IPlatformObserver observer) => machine.Subscribe(observer);

    private bool IsInQueue(ulong address)
    {
        IRegisterBlock registers = machine.Units[0].Registers;
        GlobalStatusRegister status = new(new Bits64(registers.Read32(RegisterOffsets.GlobalStatus)));
        InvalidationQueueAddressRegister queue = new(new Bits64(registers.Read64(RegisterOffsets.InvalidationQueueAddress)));
        return status.QueuedInvalidationEnable && address - queue.Queue < (ulong)Iommu.AddressRange.PageSize << queue.QueueSize;
    }

    private sealed class OmittingMemory(OmittingPlatform owner, IPhysicalMemory memory) : IPhysicalMemory
    {
        public bool TryRead(ulong address, Span<byte> destination) => memory.TryRead(address, destination);

        public bool TryWrite(ulong address, ReadOnlySpan<byte> source) => memory.TryWrite(address, source);

        public bool TryReadUInt32(ulong address, out uint value) => memory.TryReadUInt32(address, out value);

        public bool TryWriteUInt32(ulong address, uint value) => memory.TryWriteUInt32(address, value);

        public bool TryReadUInt64(ulong address, out ulong value) => memory.TryReadUInt64(address, out value);

        public bool TryWriteUInt64(ulong address, ulong value)
        {
            bool done = memory.TryWriteUInt64(address, value);
            // The last word completes a descriptor.
            if (done && address % DescriptorSize == DescriptorSize - sizeof(ulong) && owner.IsInQueue(address))
                Omit(address - (DescriptorSize - sizeof(ulong)));
            return done;
        }

        public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found) => memory.TryCompareExchange(address, expected, value, out found);

        private void Omit(ulong place)
        {
            InvalidationDescriptor descriptor = new(new Bits256(
                memory.ReadUInt64(place), memory.ReadUInt64(place + 8), memory.ReadUInt64(place + 16), memory.ReadUInt64(place + 24)));
            if (!owner.IsOmitted(descriptor))
                return;
            Bits256 fence = new InvalidationWait { Fence = true }.Bits;
            for (int word = 0; word < Bits256.Words; word++)
                memory.WriteUInt64(place + (ulong)word * sizeof(ulong), fence[word]);
        }
    }

    private bool IsOmitted(InvalidationDescriptor descriptor)
    {
        bool isOmitted = omission.IsOmitted(descriptor);
        Omitted += isOmitted ? 1 : 0;
        return isOmitted;
    }
}
