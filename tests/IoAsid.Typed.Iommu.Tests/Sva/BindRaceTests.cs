using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Changes of a process while a device is being bound.</summary>
public sealed class BindRaceTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x1357_9BDF_0246_8ACE;

    /// <summary>
    /// The process has its PASID from another device, so work for it may begin as soon as the entry is present. The device is slow to complete the invalidation
    /// that caching mode requires.
    /// </summary>
    [Fact]
    public void An_unmap_during_a_bind_is_invalidated_in_the_device() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond first = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            await process.Memory.WriteUInt64Async(process.PageAt(0), 0);
            fixture.Engines[1].Misbehaviour = DeviceMisbehaviour.CompletesInvalidationLate;
            Task<SvaBond> binding = fixture.Subsystem.BindAsync(fixture.Devices[1], process.Memory).AsTask();
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(100));
            fixture.Engines[1].Misbehaviour = DeviceMisbehaviour.None;
            await FillAsync(fixture, process, first.Pasid);

            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
            ulong frame = fixture.Subsystem.Frames.Allocate();
            await FillAsync(fixture, process, first.Pasid);

            Assert.Equal(0UL, fixture.Machine.PhysicalMemory.ReadUInt64(frame));
            fixture.Subsystem.Frames.Free(frame);
            await fixture.UnbindAllAsync([first, await binding]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Units = 2, Devices = 2, CachingMode = true });

    private static async Task FillAsync(IommuFixture fixture, TestProcess process, Pasid pasid)
    {
        await fixture.Drivers[1].SubmitAsync(IommuFixture.SharedQueue, pasid, new DmaDescriptor
        {
            Operation = DmaOperation.Fill,
            Destination = process.PageAt(0),
            Length = AddressRange.PageSize,
            Operand = Pattern,
        });
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(200));
    }
}
