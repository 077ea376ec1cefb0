using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A virtual IOMMU: the part of an IOMMU that belongs to one guest.</summary>
public sealed class Viommu : IommufdObject
{
    internal Viommu(Iommufd owner, ObjectHandle handle)
        : base(owner, handle, "vIOMMU")
    {
    }

    /// <summary>Allocates a first-stage page table in the format of an IOMMU driver.</summary>
    /// <param name="device">A device behind the IOMMU.</param>
    /// <param name="dataType">The kernel's number of the format (<c>enum iommu_hwpt_data_type</c>).</param>
    /// <param name="data">The table in that format.</param>
    /// <param name="faultQueue">The queue for page requests; null if an access to an unmapped page is an error.</param>
    /// <returns>The page table.</returns>
    /// <exception cref="ArgumentException">An object belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The driver does not accept the data.</exception>
    public NestedHwpt AllocateNestedHwpt(IommufdDevice device, uint dataType, ReadOnlySpan<byte> data, FaultQueue? faultQueue = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        Owner.ThrowIfForeign(device.Owner, device, nameof(device));
        return device.AllocateNested(this, dataType, data, faultQueue, takesPasids: true);
    }

    /// <summary>Gives a device its number in the guest.</summary>
    /// <param name="device">The device.</param>
    /// <param name="virtualId">What the guest calls the device: its stream id, device id or requester id.</param>
    /// <returns>The virtual device. Dispose it before the device.</returns>
    /// <exception cref="ArgumentException">The device belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The virtual id is taken, or the device is not behind this IOMMU.</exception>
    public VirtualDevice AllocateDevice(IommufdDevice device, [GuestControlled] ulong virtualId)
    {
        ArgumentNullException.ThrowIfNull(device);
        Owner.ThrowIfForeign(device.Owner, device, nameof(device));
        ObjectHandle handle = new(Owner.File, Handle, device.Handle);
        return Owner.Allocated(handle, (owner, handle) =>
        {
            IommuVdeviceAlloc argument = new() { Size = 24, ViommuId = Number, DevId = device.Number, VirtId = virtualId };
            owner.Run(KernelRequest.VdeviceAlloc, ref argument);
            handle.Created(argument.OutVdeviceId);
            return new VirtualDevice(owner, handle, device, virtualId);
        });
    }

    /// <summary>Allocates a queue for events that the guest has to see.</summary>
    /// <param name="type">The kernel's number of the type (<c>enum iommu_veventq_type</c>).</param>
    /// <param name="depth">The largest number of events that wait in the queue. Further events are lost and reported as lost.</param>
    /// <param name="eventSize">The number of bytes of an event of this type.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="SystemCallException">The driver has no such events, or the virtual IOMMU has a queue of this type.</exception>
    public VirtualEventQueue AllocateEventQueue(uint type, int depth, int eventSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(eventSize, 1);
        ObjectHandle handle = new(Owner.File, Handle) { Events = new FileHandle(Owner.Calls) };
        return Owner.Allocated(handle, (owner, handle) =>
        {
            IommuVeventqAlloc argument = new() { Size = 32, ViommuId = Number, Type = type, VeventqDepth = (uint)depth };
            owner.Run(KernelRequest.VeventqAlloc, ref argument);
            handle.Created(argument.OutVeventqId);
            handle.Events!.Take((int)argument.OutVeventqFd, KernelRequest.VeventqAlloc.Name);
            return new VirtualEventQueue(owner, handle, eventSize);
        });
    }

    /// <summary>Allocates a queue in guest memory that the hardware reads.</summary>
    /// <param name="type">The kernel's number of the type (<c>enum iommu_hw_queue_type</c>).</param>
    /// <param name="index">The index of the queue among those of its type.</param>
    /// <param name="address">The address of the queue, in the address space of the nest parent.</param>
    /// <param name="length">The number of bytes of the queue.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="SystemCallException">The driver has no such queue, or address and length do not fit.</exception>
    public HardwareQueue AllocateHardwareQueue(uint type, int index, [GuestControlled] ulong address, [GuestControlled] ulong length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ObjectHandle handle = new(Owner.File, Handle);
        return Owner.Allocated(handle, (owner, handle) =>
        {
            IommuHwQueueAlloc argument = new()
            {
                Size = 40, ViommuId = Number, Type = type, Index = (uint)index, NestingParentIova = address, Length = length,
            };
            owner.Run(KernelRequest.HwQueueAlloc, ref argument);
            handle.Created(argument.OutHwQueueId);
            return new HardwareQueue(owner, handle);
        });
    }

    /// <summary>Invalidates caches of the guest's part of the IOMMU.</summary>
    /// <param name="dataType">The kernel's number of the format (<c>enum iommu_hwpt_invalidate_data_type</c>).</param>
    /// <param name="entrySize">The number of bytes of an entry.</param>
    /// <param name="entries">The entries.</param>
    /// <returns>The number of entries that were carried out.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of the size of an entry.</exception>
    /// <exception cref="SystemCallException">An entry is not valid. Those before it were carried out.</exception>
    public int Invalidate(uint dataType, int entrySize, ReadOnlySpan<byte> entries) => Invalidation.Run(this, dataType, entrySize, entries);
}
