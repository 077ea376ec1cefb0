using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>An invalidation that did not complete does not count as complete, in any state of the queue at the time-out.</summary>
public sealed class InvalidationTimeoutTests
{
    private const int Seeds = 10;
    private const ulong Window = 0x10_0000;
    private const int AuxiliaryQueue = 3;

    /// <summary>The function accepts one invalidation at a time, so the second of a batch is not fetched when the first one is lost.</summary>
    [Fact]
    public void A_batch_that_a_timeout_aborted_in_part_is_submitted_again() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            AddressRange page = new(Window, AddressRange.PageSize);
            ulong frame = fixture.Subsystem.Frames.Allocate();
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            await domain.Domain.MapAsync(page, frame, MemoryRights.ReadWrite);
            AuxiliaryAttachment first = await domain.AttachAsync(fixture.Devices[0]);
            DomainAttachment second = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain.Domain);
            fixture.Drivers[0].OpenDedicated(AuxiliaryQueue, first.Pasid);
            await FillAsync(fixture);

            Assert.Equal(1, fixture.Engines[0].DeviceTlbCount);

            fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
            Task unmapping = domain.Domain.UnmapAsync(page).AsTask();
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(500));
            fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
            await unmapping;

            Assert.Equal(1, fixture.Subsystem.Units[0].Statistics.InvalidationTimeouts);
            Assert.Equal(0, fixture.Engines[0].DeviceTlbCount);
            await FillAsync(fixture);
            fixture.Drivers[0].Close(AuxiliaryQueue);
            await fixture.Drivers[0].StopAsync(first.Pasid);
            await first.DisposeAsync();
            await second.DisposeAsync();
            domain.Domain.Free();
            fixture.Subsystem.Frames.Free(frame);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Engine = new DmaEngineOptions { InvalidateQueueDepth = 1 } });

    [Fact]
    public void All_waits_for_a_unit_that_does_not_work_have_a_timeout() => IommuFixture.Run(1, async fixture =>
    {
        IRegisterBlock registers = fixture.Machine.Units[0].Registers;
        registers.Write32(RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { TranslationEnable = true }.Bits.Value);
        InvalidationQueue queue = fixture.Subsystem.Units[0].Invalidations;

        Task[] work = [.. Enumerable.Range(0, 700).Select(_ => queue.RunAsync(new InvalidationBatch().AllTranslations()).AsTask())];

        foreach (Task one in work)
            Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => one)).Error);
    });

    private static async Task FillAsync(IommuFixture fixture)
    {
        fixture.Drivers[0].Post(AuxiliaryQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = Window, Length = AddressRange.PageSize });
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }
}
