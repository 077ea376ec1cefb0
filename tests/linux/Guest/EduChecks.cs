using EduDriver;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>DMA, interrupts and faults of QEMU's edu device behind the kernel's VT-d driver.</summary>
internal static class EduChecks
{
    private const uint Length = 256;

    public static void Run()
    {
        VfioPci.Bind(Machine.Edu);
        Checks.That(Iommufd.IsSupported, "/dev/iommu exists");
        int files = Machine.OpenFiles;
        using (Iommufd iommufd = Iommufd.Open())
        {
            using VfioDevice device = VfioDevice.Open(iommufd, Machine.Edu);
            Checks.That(device.Hardware.TryGetVtd(out ulong capability, out ulong extended), $"{device} is behind VT-d: CAP 0x{capability:X}, ECAP 0x{extended:X}");
            Checks.Equal(0, device.Hardware.PasidBits, "edu has no PASIDs");
            Checks.Refused(Errno.InvalidArgument, () => VfioDevice.Open(iommufd, Machine.Edu).Dispose(), "a second open of the device");
            Regions(device);
            using EduEngine engine = new(device);
            Checks.Equal(0xEDu, engine.Identification & 0xFFF, "the registers are those of edu");
            CopyAndFault(iommufd, device, engine);
            FailedAttach(iommufd, device, engine);
            FilesAndCopies(iommufd, device, engine);
            Checks.Throws<NotSupportedException>(device.Reset, _ => !device.CanReset, "a device without a reset");
        }

        RunSampleDriver().GetAwaiter().GetResult();
        Checks.Equal(files, Machine.OpenFiles, "no file stays open");
    }

    // The sample's driver runs on an emulated machine too.
    private static async Task RunSampleDriver()
    {
        using Iommufd iommufd = Iommufd.Open();
        await using EduDeviceDriver driver = await EduDeviceDriver.StartAsync(iommufd.OpenDevice(Machine.Edu));
        Checks.That(driver.IsAlive(), "the sample's driver finds edu alive");
        Checks.Equal(3_628_800u, await driver.FactorialAsync(10), "the sample's driver receives a factorial");
        byte[] bytes = [.. Enumerable.Range(0, (int)Length).Select(i => (byte)(i * 7 + 3))];
        Checks.That((await driver.CopyThroughDeviceAsync(bytes)).AsSpan().SequenceEqual(bytes), "the sample's driver copies through the device");
        Checks.Equal(3, driver.Interrupts, "the sample's driver receives each interrupt");
    }

    private static void Regions(VfioDevice device)
    {
        Checks.Equal(0x10_0000L, device.GetRegion(VfioRegionIndex.Bar0).Length, "BAR 0 has its size");
        Checks.Equal(0x1234u, device.Configuration.Read16(0), "the configuration space has the vendor of edu");
        Checks.Equal(1, device.GetInterruptCount(VfioInterruptKind.Msi), "one MSI vector");
        Checks.Refused(Errno.InvalidArgument, () => device.EnableInterrupts(VfioInterruptKind.Msi, 64), "more vectors than the device has");
        Checks.Equal(expected: true, device.HasFeature(VfioFeature.LowPowerEntry, VfioFeatureUse.Set), "the driver has low power states");
        Checks.Equal(expected: false, device.HasFeature(VfioFeature.Migration, VfioFeatureUse.Get), "the driver has no migration");
        Checks.Throws<NotSupportedException>(() => device.MapRegisters(VfioRegionIndex.Configuration), _ => true, "the configuration space cannot be mapped");
    }

    private static void CopyAndFault(Iommufd iommufd, VfioDevice device, EduEngine engine)
    {
        using Ioas ioas = iommufd.AllocateIoas();
        IovaRanges before = ioas.GetRanges();
        using DeviceAttachment attachment = device.Attach(ioas);
        IovaRanges ranges = ioas.GetRanges();
        Checks.That(before.Allowed.Any(range => range.Contains(0xFEE0_0000)) && !ranges.Allowed.Any(range => range.Contains(0xFEE0_0000)), $"the attach reserves the addresses of interrupts: {string.Join(", ", ranges.Allowed)}");
        using DmaMemory memory = DmaMemory.Allocate(0x2000);
        byte[] data = [.. Enumerable.Range(0, (int)Length).Select(i => (byte)(i * 13 + 5))];
        memory.Write(0x100, data);
        IoasMapping mapping = ioas.Map(memory, address: 0x123_4000);
        Machine.NewLogLines();
        Checks.Equal(2L, engine.Copy(0x123_4100, 0x123_5200, Length), "two DMAs with an interrupt each");
        Checks.That(memory.AsSpan(0x1200, (int)Length).SequenceEqual(data), "the device copied 256 bytes in this process's memory");
        Checks.Equal(0, Faults(Machine.NewLogLines()), "no fault in the log");

        Checks.Refused(Errno.Exists, () => ioas.Map(memory, address: 0x123_4000), "a mapping over another one");
        Checks.Refused(Errno.InvalidArgument, () => ioas.Map(memory, address: 0x123_4001), "an address that is not aligned");
        Checks.Refused(Errno.InvalidArgument, () => ioas.Map(memory, address: 0xFEE0_0000), "the addresses of interrupts");
        mapping.Dispose();
        memory.AsSpan(0x1200, (int)Length).Clear();
        engine.Copy(0x123_4100, 0x123_5200, Length);
        Checks.That(Faults(WaitForFault()) > 0, "the same DMA after the unmap is a fault in the log");
        Checks.That(memory.AsSpan(0x1200, (int)Length).IndexOfAnyExcept((byte)0) < 0, "and does not reach memory");

        using IoasMapping readOnly = ioas.Map(memory, address: 0x123_4000, DmaRights.Read);
        engine.Copy(0x123_4100, 0x123_5200, Length);
        Checks.That(memory.AsSpan(0x1200, (int)Length).IndexOfAnyExcept((byte)0) < 0, "a write to a mapping for reading does not reach memory");
        attachment.Dispose();
        ioas.UnmapAll();
        Checks.Equal(expected: false, readOnly.IsMapped, "unmapping all ends each mapping");
    }

    private static void FailedAttach(Iommufd iommufd, VfioDevice device, EduEngine engine)
    {
        using Ioas ioas = iommufd.AllocateIoas();
        using DmaMemory memory = DmaMemory.Allocate(0x2000);
        using IoasMapping mapping = ioas.Map(memory, address: 0x10_0000);
        memory.Write(0, [1, 2, 3, 4]);
        using FaultQueue queue = iommufd.AllocateFaultQueue();
        using PagingHwpt table = device.AllocateHwpt(ioas);
        using PagingHwpt faulting = device.AllocateHwpt(ioas, new HwptOptions { FaultQueue = queue });
        using DeviceAttachment attachment = device.Attach(table);
        Checks.Refused(Errno.NoDevice, () => attachment.Replace(faulting), "a table with a fault queue for a device without PRI");
        engine.Copy(0x10_0000, 0x10_1000, 4);
        Checks.That(memory.AsSpan(0x1000, 4).SequenceEqual((byte[])[1, 2, 3, 4]), "the table from before is attached again, and works");
        attachment.Dispose();
        Checks.Refused(Errno.NoDevice, () => device.Attach(faulting), "the same as the first attach");
        using DeviceAttachment again = device.Attach(ioas);
        memory.Write(0, [5, 6, 7, 8]);
        engine.Copy(0x10_0000, 0x10_1000, 4);
        Checks.That(memory.AsSpan(0x1000, 4).SequenceEqual((byte[])[5, 6, 7, 8]), "an attach after the failed one works");
        IoAsidHandle<string> id = new IoAsidSpace().CreateSet<string>("none").Allocate("data");
        Checks.Throws<NotSupportedException>(() => device.Attach(id, table), _ => true, "a PASID of a device without PASIDs is refused");
    }

    private static void FilesAndCopies(Iommufd iommufd, VfioDevice device, EduEngine engine)
    {
        using Ioas ioas = iommufd.AllocateIoas();
        using DeviceAttachment attachment = device.Attach(ioas);
        using FileStream file = MemoryFile.Create(0x2000);
        file.Write([9, 8, 7, 6]);
        file.Flush();
        using (IoasMapping mapping = ioas.MapFile(file.SafeFileHandle, 0, 0x2000, address: 0x20_0000))
        {
            engine.Copy(0x20_0000, 0x20_1000, 4);
            byte[] found = new byte[4];
            RandomAccess.Read(file.SafeFileHandle, found, 0x1000);
            Checks.That(found is [9, 8, 7, 6], "a file of memory (memfd) is mapped");
            iommufd.ChangeProcess();
            Checks.That(holds: true, "the accounting moves to this process");
            using Ioas other = iommufd.AllocateIoas();
            using IoasMapping copy = other.CopyFrom(mapping, address: 0x900_0000);
            Checks.Equal(0x2000UL, copy.Length, "a mapping is copied to another address space");
        }

        using DmaMemory memory = DmaMemory.Allocate(0x4000);
        using IoasMapping part = ioas.MapPart(memory, 0x1000, 0x2000, address: 0x30_0000, DmaRights.ReadWrite);
        memory.Write(0x1000, [4, 4, 2, 2]);
        engine.Copy(0x30_0000, 0x30_1000, 4);
        Checks.That(memory.AsSpan(0x2000, 4).SequenceEqual((byte[])[4, 4, 2, 2]), "a part of memory is mapped");
        Checks.Refused(Errno.InvalidArgument, iommufd.ChangeProcess, "the accounting of memory that is no file");
        Checks.Equal(expected: true, ioas.UsesHugePages, "huge pages are on");
    }

    private static int Faults(IEnumerable<string> lines) => lines.Count(line => line.Contains("DMAR", StringComparison.Ordinal) && line.Contains("00:03.0", StringComparison.Ordinal) && line.Contains("fault", StringComparison.OrdinalIgnoreCase));

    private static List<string> WaitForFault()
    {
        List<string> lines = [];
        for (int i = 0; i < 100 && Faults(lines) == 0; i++)
        {
            Thread.Sleep(10);
            lines.AddRange(Machine.NewLogLines());
        }

        return lines;
    }
}
