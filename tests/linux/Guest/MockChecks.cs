using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>The features of the kernel's mock device that this machine's IOMMU does not have.</summary>
internal static class MockChecks
{
    private const ulong Start = 0x200_0000; // In the aperture of the mock: 16 MiB to 2 GiB.

    public static void Run()
    {
        int files = Machine.OpenFiles;
        using (Iommufd iommufd = Iommufd.Open())
        {
            using Ioas ioas = iommufd.AllocateIoas();
            using MockDevice device = MockDevice.Create(iommufd, ioas);
            Checks.Equal(20, device.Hardware.PasidBits, $"{device} has PASIDs of 20 bits");
            Nesting(ioas, device);
            PasidLife(ioas, device);
            PageRequests(iommufd, ioas, device);
            DirtyTracking(ioas, device);
            Options(iommufd, ioas);
        }

        Checks.Equal(files, Machine.OpenFiles, "no file stays open");
    }

    private static void Nesting(Ioas ioas, MockDevice device)
    {
        using NestParentHwpt parent = device.AllocateNestParent(ioas, takesPasids: true);
        byte[] data = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(data, 0x1234);
        using Viommu viommu = device.AllocateViommu(parent, MockDevice.ViommuType, data);
        Checks.Equal(0x1234u, BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(4)), "the virtual IOMMU returns its data");
        Checks.Refused(Errno.NotSupported, () => device.AllocateViommu(parent, 99, []), "a virtual IOMMU of an unknown type");
        using NestedHwpt nested = viommu.AllocateNestedHwpt(device, MockDevice.NestedData, Nested());
        using NestedHwpt overParent = device.AllocateNestedHwpt(parent, MockDevice.NestedData, Nested(), faultQueue: null, takesPasids: true);
        Checks.That(overParent.TakesPasids, "a nested table is made over a parent, and over a virtual IOMMU");
        Checks.Refused(Errno.NotSupported, () => device.AllocateNestedHwpt(parent, new VtdFirstStage(0x1000)), "a table of VT-d on the mock");

        VirtualDevice virtualDevice = viommu.AllocateDevice(device, virtualId: 0x99);
        Checks.Refused(Errno.Exists, () => viommu.AllocateDevice(device, virtualId: 0x9A), "a second virtual device of a device");
        using VirtualEventQueue events = viommu.AllocateEventQueue(MockDevice.EventType, depth: 2, eventSize: 4);
        Checks.Refused(Errno.Exists, () => viommu.AllocateEventQueue(MockDevice.EventType, 2, 4), "a second queue of a type");
        using DeviceAttachment attachment = device.Attach(nested);
        ValueTask<VirtualEvent> wait = events.ReadAsync(CancellationToken.None);
        Checks.Equal(expected: false, wait.IsCompleted, "no event yet");
        Checks.Equal(Errno.None, device.RaiseEvent(), "an event is raised");
        VirtualEvent first = wait.AsTask().GetAwaiter().GetResult();
        Checks.Equal(0x99u, MemoryMarshal.Read<uint>(first.Data.Span), "the event names the virtual device");
        for (int i = 0; i < 5; i++)
            device.RaiseEvent();

        List<VirtualEvent> more = [];
        while (events.TryRead(out VirtualEvent? next))
            more.Add(next);

        Checks.That(more.Count == 3 && more[2].AreLost && !more[0].AreLost, $"five events into a queue of two: {string.Join(", ", more.Select(e => e.AreLost ? $"lost before {e.Sequence}" : $"{e.Sequence}"))}");

        Checks.That(device.IotlbIs(nested, 0, MockDevice.FirstIotlb), "the mock IOTLB has its first value");
        Checks.Equal(1, nested.Invalidate(MockDevice.InvalidateData, 8, [1, 0, 0, 0, 0, 0, 0, 0]), "an invalidation of everything");
        Checks.That(device.IotlbIs(nested, 0, 0) && device.IotlbIs(nested, 3, 0), "the mock IOTLB is empty");
        Checks.Refused(Errno.InvalidArgument, () => nested.Invalidate(0xDADBEEF, 8, new byte[8]), "an unknown kind of invalidation");
        Checks.Equal(1, viommu.Invalidate(MockDevice.InvalidateData, 12, [1, 0, 0, 0, 0x99, 0, 0, 0, 0, 0, 0, 0]), "an invalidation through the virtual IOMMU");
        using (DmaMemory memory = DmaMemory.Allocate(4096))
        using (IoasMapping mapping = ioas.Map(memory, address: Start))
        using (HardwareQueue queue = viommu.AllocateHardwareQueue(MockDevice.QueueType, 0, Start, 4096))
        {
            Checks.That(!queue.IsDisposed, "a hardware queue in guest memory");
            Checks.Refused(Errno.Busy, mapping.Dispose, "unmapping the memory of a hardware queue");
        }

        attachment.Dispose();
        virtualDevice.Dispose();
    }

    private static void PasidLife(Ioas ioas, MockDevice device)
    {
        using PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true });
        using PagingHwpt other = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true });
        using PagingHwpt plain = device.AllocateHwpt(ioas);
        using DeviceAttachment main = device.Attach(table);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("data");
        Checks.Throws<ArgumentException>(() => device.Attach(id, plain), _ => true, "a table without PASIDs is refused");
        IommufdPasidAttachment attachment = device.Attach(id, table);
        Checks.That(device.IsAttached(id.Id.ToPasid(), table), "the PASID is attached in the kernel");
        attachment.Replace(other);
        Checks.That(device.IsAttached(id.Id.ToPasid(), other), "its table is replaced");
        Checks.Equal(IoAsidFreeResult.Pending, id.Free(), "freed while attached, the id is pending");
        Checks.That(set.Allocate("next").Id != id.Id, "and its number not used again");
        attachment.Dispose();
        Checks.That(!device.IsAttached(id.Id.ToPasid(), other), "the PASID is detached in the kernel");
        Checks.Equal(id.Id, set.Allocate("third").Id, "and its number used again");
        IoAsidSpace tooLarge = new(new IoAsidSpaceOptions { Capacity = 1L << 21 });
        Checks.Throws<ArgumentException>(() => device.Attach(tooLarge.CreateSet<string>("large").Allocate("data"), table), _ => true, "a space with more numbers than the device is refused");
    }

    private static void PageRequests(Iommufd iommufd, Ioas ioas, MockDevice device)
    {
        FaultQueue queue = iommufd.AllocateFaultQueue();
        using PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue });
        using DeviceAttachment main = device.Attach(table);
        IoAsidSpace space = new(device.CreateSpaceOptions());
        IoAsidSet<object> sva = space.CreateSet<object>("sva");
        IoAsidSet<string> guests = sva.CreateSubset<string>("vm-1", new object(), quota: 8);
        IoAsidHandle<string> guest = guests.Allocate("vm-1");
        IoAsidHandle<int[]> buffers = space.CreateSet<int[]>("aux").Allocate([]);
        IommufdPasidAttachment guestAttachment = device.Attach(guest, table);
        using IommufdPasidAttachment auxAttachment = device.Attach(buffers, table);
        PageRequestReader<object> reader = queue.ReadThrough(sva.Reader);

        ValueTask<IommufdPageRequest<object>> wait = reader.ReadAsync(CancellationToken.None);
        Checks.Equal(expected: false, wait.IsCompleted, "no page request yet");
        Checks.Equal(Errno.None, device.SendPageRequest(guest.Id.ToPasid(), 5, PageFaultRights.Read | PageFaultRights.Write, 0x7000), "a page request is sent");
        using (IommufdPageRequest<object> request = wait.AsTask().GetAwaiter().GetResult())
        {
            Checks.Equal(("vm-1", 5, new PageFault(0x7000, PageFaultRights.Read | PageFaultRights.Write)), ((string?)request.Data, request.Group, request[0]), "its PASID is found in the set of the guests");
            Checks.Equal(device, (MockDevice?)request.Device, "its device is the object of this program");
            Checks.Equal(expected: true, request.Respond(IommufdPageResponse.Success), "it is answered");
        }

        device.SendPageRequest(buffers.Id.ToPasid(), 6, PageFaultRights.Read, 0x8000);
        Checks.That(reader.TryRead(out IommufdPageRequest<object> aux) && aux.Status == IoAsidLookupStatus.OtherSet, "a PASID of an auxiliary domain is not found");
        aux.Dispose();

        device.SendPageRequest(guest.Id.ToPasid(), 7, PageFaultRights.Read, 0x9000);
        Checks.That(reader.TryRead(out IommufdPageRequest<object> late), "a page request is read and not answered");
        guest.Free();
        guestAttachment.Dispose();
        Checks.That(guests.Allocate("other").Id != guest.Id, "its number is not used again after detach and free");
        device.SendPageRequest(buffers.Id.ToPasid(), 8, PageFaultRights.Read, 0xA000);
        Checks.That(reader.TryRead(out IommufdPageRequest<object> next), "the next request, which has its cookie now");
        Checks.Equal(expected: false, late.Respond(IommufdPageResponse.Success), "a late answer says that the detach has answered");
        Checks.Equal(expected: true, next.Respond(IommufdPageResponse.Invalid), "and leaves the next request to be answered");
        late.Dispose();
        next.Dispose();
        Checks.That(guests.Allocate("third").Id == guest.Id, "with the end of the request its number is used again");

        using CancellationTokenSource source = new();
        ValueTask<IommufdPageRequest<object>> cancelled = reader.ReadAsync(source.Token);
        source.Cancel();
        Checks.Throws<OperationCanceledException>(() => cancelled.AsTask().GetAwaiter().GetResult(), _ => true, "a wait is cancelled");
        device.SendPageRequest(buffers.Id.ToPasid(), 9, PageFaultRights.Read, 0xB000);
        device.SendPageRequest(buffers.Id.ToPasid(), 10, PageFaultRights.Read, 0xC000);
        Checks.That(reader.TryRead(out IommufdPageRequest<object> inFlight), "requests are in flight when the queue is disposed");
        queue.Dispose();
        Checks.Equal(expected: false, inFlight.Respond(IommufdPageResponse.Success), "the disposal has responded to the requests that were read");
        inFlight.Dispose();
        Checks.Equal(expected: false, queue.Handle.IsClosed, "the queue stays while its table needs it");
        device.SendPageRequest(buffers.Id.ToPasid(), 11, PageFaultRights.Read, 0xD000);
        Checks.That(RawQueueEmpties(queue), "a page request after the disposal is refused");
    }

    /// <summary>Returns true if the kernel's queue becomes empty without a read by this program.</summary>
    private static unsafe bool RawQueueEmpties(FaultQueue queue)
    {
        for (int i = 0; i < 200; i++)
        {
            Thread.Sleep(10);
            PollFile poll = new() { Descriptor = queue.Handle.Events!.Descriptor, Events = 1 };
            if (Libc.poll(&poll, 1, 0) == 0)
                return true;
        }

        return false;
    }

    private static void DirtyTracking(Ioas ioas, MockDevice device)
    {
        using DmaMemory memory = DmaMemory.Allocate(64 * 4096);
        using IoasMapping mapping = ioas.Map(memory, address: Start);
        Checks.That(device.Hardware.Capabilities.HasFlag(IommuCapabilities.DirtyTracking), "the mock has dirty tracking");
        using PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { RequiresDirtyTracking = true });
        using DeviceAttachment attachment = device.Attach(table);
        ulong[] found = new ulong[1];
        Checks.Throws<InvalidOperationException>(() => table.GetDirtyPages(Start, 64 * 4096, 4096, found), _ => true, "a read of the dirty pages without dirty tracking");
        table.SetDirtyTracking(enabled: true);
        ulong[] written = [0b1000_0101];
        Checks.Equal(Errno.None, device.Write(table, Start, 64 * 4096, 4096, written), "the mock writes three pages");
        table.GetDirtyPages(Start, 64 * 4096, 4096, found, keep: true);
        Checks.Equal(0b1000_0101UL, found[0], "they are in the record");
        found[0] = 0;
        table.GetDirtyPages(Start, 64 * 4096, 4096, found);
        Checks.Equal(0b1000_0101UL, found[0], "a second read finds the same pages, because the first read kept the record");
        found[0] = 0;
        table.GetDirtyPages(Start, 64 * 4096, 4096, found);
        Checks.Equal(0UL, found[0], "a new record has begun");
        table.SetDirtyTracking(enabled: false);
    }

    private static void Options(Iommufd iommufd, Ioas ioas)
    {
        ioas.AllowRanges(new IovaRange(Start, Start + 0xF_FFFF));
        using DmaMemory memory = DmaMemory.Allocate(4096);
        using IoasMapping mapping = ioas.Map(memory);
        Checks.That(mapping.Address is >= Start and <= Start + 0xF_FFFF, "the kernel chooses addresses from the allowed ranges");
        Checks.Refused(Errno.InvalidArgument, () => ioas.AllowRanges(new IovaRange(5, 1)), "a range that is empty");
        Checks.Equal(expected: false, iommufd.CountsLockedMemoryByProcess, "locked memory counts for the user");
        Checks.Refused(Errno.Busy, () => iommufd.CountsLockedMemoryByProcess = true, "the accounting does not change while there are objects");
        using Iommufd second = Iommufd.Open();
        second.CountsLockedMemoryByProcess = true;
        Checks.Equal(expected: true, second.CountsLockedMemoryByProcess, "on an empty iommufd it does");
        using Ioas small = iommufd.AllocateIoas();
        small.UsesHugePages = false;
        Checks.Equal(expected: false, small.UsesHugePages, "huge pages are switched off");
    }

    private static byte[] Nested()
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(data, MockDevice.FirstIotlb);
        return data;
    }
}
