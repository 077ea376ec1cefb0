namespace IoAsid.Typed.Linux.Guest;

/// <summary>The steps of a scenario that a child process takes before its parent kills it.</summary>
internal static class Child
{
    public const int Steps = 9;

    /// <summary>Runs the first steps, reports them, and waits until the process is killed.</summary>
    public static void Run(string address, int steps)
    {
        List<object> made = [];
        foreach (object target in Scenario(PciAddress.Parse(address)).Take(steps))
            made.Add(target);

        Console.WriteLine("ready");
        Thread.Sleep(Timeout.Infinite);
        GC.KeepAlive(made);
    }

    private static IEnumerable<object> Scenario(PciAddress address)
    {
        Iommufd iommufd = Iommufd.Open();
        yield return iommufd;
        VfioDevice device = VfioDevice.Open(iommufd, address);
        yield return device;
        Ioas ioas = iommufd.AllocateIoas();
        yield return ioas;
        DmaMemory memory = DmaMemory.Allocate(0x10_0000);
        yield return ioas.Map(memory, address: 0x10_0000);
        yield return device.EnableInterrupts(VfioInterruptKind.Msi);
        yield return device.MapRegisters(VfioRegionIndex.Bar0);
        bool hasPasids = device.Hardware.PasidBits > 0;
        FaultQueue queue = iommufd.AllocateFaultQueue();
        PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = hasPasids });
        yield return table;
        yield return device.Attach(table);
        if (hasPasids)
        {
            // The parent kills this process while a page request has no response.
            PagingHwpt paged = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue });
            IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("child");
            IommufdPasidAttachment attachment = device.Attach(set.Allocate("data"), paged);
            Machine.SendPageRequest(attachment.Pasid, 0x4000_0000, PageFaultRights.Read, 99);
            queue.ReadThrough(set.Reader).TryRead(out IommufdPageRequest<string> request);
            yield return request;
        }
        else
        {
            device.Configuration.BusMasterEnabled = true;
            yield return device;
        }
    }
}
