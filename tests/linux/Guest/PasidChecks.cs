using IoAsid.Typed.Hardware;
using UserPageRequests;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>PASIDs through VFIO and the kernel's VT-d driver.</summary>
internal static class PasidChecks
{
    public static void Run()
    {
        VfioPci.Bind(Machine.WithPasids);
        int files = Machine.OpenFiles;
        using (Iommufd iommufd = Iommufd.Open())
        {
            using VfioDevice device = VfioDevice.Open(iommufd, Machine.WithPasids);
            Checks.Equal(20, device.Hardware.PasidBits, $"{device} has PASIDs of 20 bits");
            Checks.That(device.Hardware.Capabilities.HasFlag(IommuCapabilities.ExecutePermission), "it can ask for execute permission");
            device.Reset();
            Checks.That(device.CanReset, "it is reset");
            Attachments(iommufd, device);
            PageRequests(iommufd, device);
        }

        DriverOfBothWorlds().GetAwaiter().GetResult();
        SampleServer().GetAwaiter().GetResult();
        Checks.Equal(files, Machine.OpenFiles, "no file stays open");
    }

    // Drivers of emulated machines use this interface too.
    private static async Task DriverOfBothWorlds()
    {
        using Iommufd iommufd = Iommufd.Open();
        await using IDmaDevice device = iommufd.OpenDevice(Machine.WithPasids);
        Checks.Equal(Pasid.Maximum, device.MaximumPasid, "the interface of portable drivers has PASIDs of 20 bits");
        device.AddressBits = 32;
        await using IDmaMemory ofDevice = await device.AllocateAsync(4096);
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaMemory memory = await space.AllocateAsync(0x1_0000);
        Checks.That(memory.Address + (ulong)memory.Length <= 1UL << 32, "memory for a PASID has addresses that the device can send");
        IoAsidSet<string> set = new IoAsidSpace(new IoAsidSpaceOptions { Capacity = device.MaximumPasid.Value + 1L }).CreateSet<string>("channels");
        IoAsidHandle<string> id = set.Allocate("tx");
        Pasid number = new(77);
        IDmaAttachment byId = iommufd.AttachPasid(device, space, id);
        IDmaAttachment byNumber = await device.AttachAsync(space, number);
        Checks.That(Entries().SetEquals([byId.Pasid, number]), $"an id and a number are attached: the PASID table of the unit has {string.Join(", ", Entries())}");
        Checks.Throws<InvalidOperationException>(() => device.AttachAsync(space, number).AsTask().GetAwaiter().GetResult(), _ => true, "a number that is attached is refused");
        Checks.Equal(IoAsidFreeResult.Pending, Free(id), "the id is pending while it is attached");
        await byId.DisposeAsync();
        Checks.That(Entries().SetEquals([number]), "the id is detached");
        Checks.Equal(id.Id, set.Allocate("next").Id, "its number is used again");
        await space.DisposeAsync();
        Checks.That(Entries().Count == 0, "the disposal of the address space detaches the number");
        await byNumber.DisposeAsync();
    }

    // Runs the sample's server, with its two guests and an auxiliary PASID.
    private static async Task SampleServer()
    {
        using StringWriter output = new();
        using IommufdServer server = new(Machine.WithPasids);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        (Pasid first, Pasid second, Pasid auxiliary) = (server.First.Attachment.Pasid, server.Second.Attachment.Pasid, server.Auxiliary.Pasid);
#pragma warning disable CA2025 // The task is awaited below.
        Task serving = server.ServeAsync(output, 4, limit.Token);
#pragma warning restore CA2025
        (Pasid Pasid, ulong Address, uint Code)[] requests =
            [(first, IommufdGuest.Window, 0), (second, IommufdGuest.Window + 0x1000, 0), (auxiliary, IommufdGuest.Window, 1), (second, 0x1000, 1)];
        for (uint group = 0; group < requests.Length; group++)
            Machine.SendPageRequest(requests[group].Pasid, requests[group].Address, PageFaultRights.Write, group);
        await serving;
        for (uint group = 0; group < requests.Length; group++)
            Checks.That(Machine.HasAnswered(requests[group].Pasid, group, requests[group].Code), $"the sample's server responds to PASID {requests[group].Pasid} with code {requests[group].Code}");
        string[] expected =
        [
            $"vm-1 has PASID {first}, vm-2 PASID {second}, the auxiliary domain PASID {auxiliary}.",
            $"PASID {first}, 0x40000000: vm-1: Success",
            $"PASID {second}, 0x40001000: vm-2: Success",
            $"PASID {auxiliary}, 0x40000000: no guest (OtherSet): Invalid",
            $"PASID {second}, 0x1000: vm-2: Invalid",
        ];
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Checks.That(lines.SequenceEqual(expected), $"the output of the sample's server is: {string.Join(" | ", lines)}");
    }

    private static IoAsidFreeResult Free(IoAsidHandle<string> id) => id.Free();

    private static void Attachments(Iommufd iommufd, VfioDevice device)
    {
        using Ioas main = iommufd.AllocateIoas();
        using Ioas other = iommufd.AllocateIoas();
        using DmaMemory memory = DmaMemory.Allocate(0x2_0000);
        using IoasMapping first = main.MapPart(memory, 0, 0x1_0000, address: 0x10_0000, DmaRights.ReadWrite);
        using IoasMapping second = other.MapPart(memory, 0x1_0000, 0x1_0000, address: 0x4000_0000, DmaRights.ReadWrite);
        using PagingHwpt table = device.AllocateHwpt(main, new HwptOptions { TakesPasids = true });
        using PagingHwpt auxiliary = device.AllocateHwpt(other, new HwptOptions { TakesPasids = true });
        using DeviceAttachment attachment = device.Attach(table);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("attached");
        IoAsidHandle<string> tx = set.Allocate("tx");
        IoAsidHandle<string> rx = set.Allocate("rx");
        using IommufdPasidAttachment txAttachment = device.Attach(tx, auxiliary);
        IommufdPasidAttachment rxAttachment = device.Attach(rx, table);
        Checks.That(Entries().SetEquals([tx.Id.ToPasid(), rx.Id.ToPasid()]), $"the PASID table of the unit has {string.Join(", ", Entries())}");
        rxAttachment.Replace(auxiliary);
        Checks.That(Entries().SetEquals([tx.Id.ToPasid(), rx.Id.ToPasid()]), "a table is replaced");
        rx.Free();
        rxAttachment.Dispose();
        Checks.That(Entries().SetEquals([tx.Id.ToPasid()]), "after a detach the entry is gone");
        Checks.Equal(rx.Id, set.Allocate("again").Id, "and the number is used again");
        Checks.Refused(Errno.InvalidArgument, () => throw new SystemCallException("raw", Raw(device, other, new Pasid(99))), "an attach of an IOAS to a PASID by a raw call");
    }

    private static Errno Raw(VfioDevice device, Ioas ioas, Pasid pasid) => device.KernelAttach(ioas.Number, pasid);

    private static void PageRequests(Iommufd iommufd, VfioDevice device)
    {
        using Ioas ioas = iommufd.AllocateIoas();
        FaultQueue queue = iommufd.AllocateFaultQueue();
        using PagingHwpt plain = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true });
        using PagingHwpt paged = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue });
        using DeviceAttachment main = device.Attach(plain);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("paged");
        IoAsidHandle<string> id = set.Allocate("guest");
        using IommufdPasidAttachment attachment = device.Attach(id, paged);
        PageRequestReader<string> reader = queue.ReadThrough(set.Reader);
        Pasid pasid = attachment.Pasid;
        using DmaMemory memory = DmaMemory.Allocate(4096);

        Machine.SendPageRequest(pasid, 0x4000_1000, PageFaultRights.Write, 3);
        using (CancellationTokenSource limit = new(TimeSpan.FromSeconds(20)))
        using (IommufdPageRequest<string> request = reader.ReadAsync(limit.Token).AsTask().GetAwaiter().GetResult())
        {
            Checks.Equal(("guest", 3, new PageFault(0x4000_1000, PageFaultRights.Write)), (request.Data, request.Group, request[0]), "a page request of the device through the unit");
            ioas.Map(memory, address: 0x4000_1000);
            Checks.Equal(expected: true, request.Respond(IommufdPageResponse.Success), "the page is mapped and the response is sent");
        }

        Checks.That(Machine.HasAnswered(pasid, 3, code: 0), "the unit received: success");
        Machine.SendPageRequest(pasid, 0x4000_2000, PageFaultRights.Write, 4);
        Checks.That(TryRead(reader, out IommufdPageRequest<string> refused), "another request");
        refused.Dispose();
        Checks.That(Machine.HasAnswered(pasid, 4, code: 1), "its disposal without a response sends to the unit: invalid");

        Machine.SendPageRequest(pasid, 0x4000_3000, PageFaultRights.Write, 5);
        Checks.That(TryRead(reader, out IommufdPageRequest<string> inFlight), "a request in flight when its queue is disposed");
        Machine.SendPageRequest(pasid, 0x4000_4000, PageFaultRights.Write, 6);
        queue.Dispose();
        Checks.That(Eventually(() => Machine.HasAnswered(pasid, 5, code: 1)), "the disposal sends to the unit: invalid");
        Checks.That(Eventually(() => Machine.HasAnswered(pasid, 6, code: 1)), "the same for a request that was not read");
        Checks.Equal(expected: false, inFlight.Respond(IommufdPageResponse.Success), "a late response is not sent");
        inFlight.Dispose();
        Machine.SendPageRequest(pasid, 0x4000_5000, PageFaultRights.Write, 7);
        Checks.That(Eventually(() => Machine.HasAnswered(pasid, 7, code: 1)), "the same for a request that arrives later");
    }

    internal static bool Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 300 && !condition(); i++)
            Thread.Sleep(10);

        return condition();
    }

    private static bool TryRead(PageRequestReader<string> reader, out IommufdPageRequest<string> request)
    {
        for (int i = 0; i < 300; i++)
        {
            if (reader.TryRead(out request))
                return true;

            Thread.Sleep(10);
        }

        request = default;
        return false;
    }

    /// <summary>Returns the PASIDs that the unit's table has for the device.</summary>
    private static HashSet<Pasid> Entries()
    {
        HashSet<Pasid> result = [];
        foreach (string line in File.ReadLines("/sys/kernel/debug/iommu/intel/dmar_translation_struct"))
        {
            string[] cells = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length >= 4 && cells[0] == "00:05.0" && uint.TryParse(cells[3], out uint number) && number != 0)
                result.Add(IommufdPasidConversion.ToPasid(number));
        }

        return result;
    }
}
