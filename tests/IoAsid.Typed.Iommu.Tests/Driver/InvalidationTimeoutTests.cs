using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What was not completed is not taken for completed, whatever the queue had fetched when the time was over.</summary>
public sealed class InvalidationTimeoutTests
{
    private const int Seeds = 10;
    private const ulong Window = 0x10_0000;
    private const int AuxiliaryQueue = 3;

    /// <summary>The function takes one invalidation at a time: the second of a batch is not fetched when the first is lost.</summary>
    [Fact]
    public void A_batch_of_which_a_time_out_has_lost_a_part_is_submitted_again() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            AddressRange page = new(Window, AddressRange.PageSize);
            ulong frame = bench.Subsystem.Frames.Allocate();
            AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
            await domain.Domain.MapAsync(page, frame, MemoryRights.ReadWrite);
            AuxiliaryAttachment first = await domain.AttachAsync(bench.Devices[0]);
            DomainAttachment second = await IommuSubsystem.AttachAsync(bench.Devices[0], domain.Domain);
            bench.Drivers[0].OpenDedicated(AuxiliaryQueue, first.Pasid);
            await FillAsync(bench);

            Assert.Equal(1, bench.Engines[0].DeviceTlbCount);

            bench.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
            Task unmapping = domain.Domain.UnmapAsync(page).AsTask();
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(500));
            bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
            await unmapping;

            Assert.Equal(1, bench.Subsystem.Units[0].Statistics.InvalidationTimeouts);
            Assert.Equal(0, bench.Engines[0].DeviceTlbCount);
            await FillAsync(bench);
            bench.Drivers[0].Close(AuxiliaryQueue);
            await bench.Drivers[0].StopAsync(first.Pasid);
            await first.DisposeAsync();
            await second.DisposeAsync();
            domain.Domain.Free();
            bench.Subsystem.Frames.Free(frame);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Engine = new DmaEngineOptions { InvalidateQueueDepth = 1 } });

    [Fact]
    public void A_unit_that_does_not_work_any_more_is_waited_for_by_nobody_for_ever() => IommuBench.Run(1, async bench =>
    {
        IRegisterBlock registers = bench.Machine.Units[0].Registers;
        registers.Write32(RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { TranslationEnable = true }.Bits.Value);
        InvalidationQueue queue = bench.Subsystem.Units[0].Invalidations;

        Task[] work = [.. Enumerable.Range(0, 700).Select(_ => queue.RunAsync(new InvalidationBatch().AllTranslations()).AsTask())];

        foreach (Task one in work)
            Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => one)).Error);
    });

    private static async Task FillAsync(IommuBench bench)
    {
        bench.Drivers[0].Post(AuxiliaryQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = Window, Length = AddressRange.PageSize });
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }
}
