using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What the process does while a device is being bound.</summary>
public sealed class BindRaceTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x1357_9BDF_0246_8ACE;

    /// <summary>
    /// The process has the PASID from another device, so that work for it may come as soon as the entry is present. The device is slow to complete the invalidation that a unit with
    /// caching mode wants.
    /// </summary>
    [Fact]
    public void A_device_that_is_being_bound_forgets_what_is_unmapped() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond first = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            await process.Memory.WriteUInt64Async(process.PageAt(0), 0);
            bench.Engines[1].Misbehaviour = DeviceMisbehaviour.CompletesInvalidationLate;
            Task<SvaBond> binding = bench.Subsystem.Sva.BindAsync(bench.Devices[1], process.Memory).AsTask();
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(100));
            bench.Engines[1].Misbehaviour = DeviceMisbehaviour.None;
            await FillAsync(bench, process, first.Pasid);

            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
            ulong frame = bench.Subsystem.Frames.Allocate();
            await FillAsync(bench, process, first.Pasid);

            Assert.Equal(0UL, bench.Machine.PhysicalMemory.ReadUInt64(frame));
            bench.Subsystem.Frames.Free(frame);
            await bench.UnbindAllAsync([first, await binding]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Units = 2, Devices = 2, CachingMode = true });

    private static async Task FillAsync(IommuBench bench, TestProcess process, Pasid pasid)
    {
        await bench.Drivers[1].SubmitAsync(IommuBench.SharedQueue, pasid, new DmaDescriptor
        {
            Operation = DmaOperation.Fill,
            Destination = process.PageAt(0),
            Length = AddressRange.PageSize,
            Operand = Pattern,
        });
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(200));
    }
}
