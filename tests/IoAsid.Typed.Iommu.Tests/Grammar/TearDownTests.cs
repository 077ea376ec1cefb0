using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Disposals with something attached: they end it, and the exception that caused them arrives.</summary>
public sealed class TearDownTests
{
    private const ulong Pattern = 0x5151_6262_7373_8484;

    private static readonly AddressRange Window = new(0x40_0000, AddressRange.PageSize);

    [Fact]
    public void The_original_exception_arrives_through_the_disposal() => IommuBench.RunByHand(async bench =>
    {
        List<TearDownFailedEventArgs> failures = [];
        InvalidTimeZoneException original = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await using IommuSubsystem subsystem = bench.Subsystem;
            subsystem.TearDownFailed += (_, failed) => failures.Add(failed);
            await AttachEverythingAsync(bench);
            throw new InvalidTimeZoneException("original");
        });

        Assert.Equal("original", original.Message);
        Assert.Empty(failures);
        Assert.All(bench.Devices, device => Assert.Equal((DeviceState.Removed, 0), (device.State, device.AttachedPasids.Count)));
    });

    [Fact]
    public void The_disposal_of_the_subsystem_returns_what_its_owners_do_not_free() => IommuBench.Run(10, async bench =>
    {
        Attached attached = await AttachEverythingAsync(bench);

        await bench.Subsystem.DisposeAsync();

        Assert.True(attached.Guest.Container.HasEnded);
        Assert.Equal(0, attached.Domain.Uses);
        Assert.Equal(0, bench.Subsystem.Sva.BoundProcesses);
        await attached.Bond.DisposeAsync();
        await attached.FreeAsync(bench);
        Assert.Equal(0, bench.Subsystem.Frames.InUse);
    });

    [Fact]
    public void A_unit_that_does_not_work_is_reported_and_the_original_exception_arrives() => IommuBench.RunByHand(async bench =>
    {
        List<TearDownFailedEventArgs> failures = [];
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await using IommuSubsystem subsystem = bench.Subsystem;
            subsystem.TearDownFailed += (_, failed) => failures.Add(failed);
            await AttachEverythingAsync(bench);
            bench.StopQueue();
            throw new InvalidTimeZoneException("original");
        });

        Assert.Contains(failures, failed => failed.Subject is IommuDevice);
        Assert.Contains(failures, failed => failed.Subject is VtdDriver);
        Assert.All(failures, failed => Assert.Equal(IommuError.DeviceGone, Assert.IsType<IommuException>(failed.Error).Error));
    });

    [Fact]
    public void The_disposal_of_a_device_ends_what_is_attached_and_spares_other_devices() => IommuBench.Run(
        10,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            List<SvaBond> bonds = await bench.BindAllAsync(process);
            DmaDomain domain = bench.Subsystem.CreateDomain("dma");
            await IommuSubsystem.AttachAsync(bench.Devices[0], domain);

            await bench.Devices[0].DisposeAsync();

            Assert.Equal(0, domain.Uses);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[1], bonds[1], 0, 2, Pattern)).Status);
            await bench.UnbindAllAsync([bonds[1]]);
            domain.Free();
            await process.Memory.ExitAsync();
            bench.Devices.RemoveAt(0);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Fact]
    public void A_disposed_device_takes_its_function_from_guests() => IommuBench.Run(10, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(0, 4, Pattern);

        await bench.Devices[0].DisposeAsync();

        Assert.Empty(guest.Container.Devices);
        Assert.Null(guest.Container.FindBond(process.Pasid, TestGuest.VirtualId(0)));
        await guest.DieAsync();
        bench.Devices.Clear();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Features_stay_enabled_until_the_last_hold_is_disposed() => IommuBench.Run(1, async bench =>
    {
        IommuDevice device = bench.Devices[0];
        await bench.Features[0].DisposeAsync();
        Assert.False(device.PasidEnabled);
        DeviceFeatures first = await device.EnableSharedVirtualAddressingAsync();
        DeviceFeatures second = await device.EnablePasidsAsync();
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(device, process.Memory);
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(device, domain);

        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.True(device.PageRequestsEnabled);
        await second.DisposeAsync();

        Assert.False(device.PageRequestsEnabled || device.DeviceTlbEnabled || device.PasidEnabled);
        Assert.Equal((1, 0), (domain.Uses, bench.Subsystem.Sva.BoundProcesses));
        await bond.DisposeAsync();
        await attachment.DisposeAsync();
        domain.Free();
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_start_that_fails_leaves_units_off_and_keeps_nothing() => IommuBench.RunByHand(
        async bench =>
        {
            await bench.Subsystem.DisposeAsync();
            CountingPlatform platform = new(bench.Machine) { Vectors = 1 };

            Assert.Equal(IommuError.Busy, (await Assert.ThrowsAsync<IommuException>(async () => await IommuSubsystem.StartAsync(platform))).Error);

            Assert.Equal(0, platform.Given);
            GlobalStatusRegister status = new() { Bits = new Bits64(bench.Machine.Units[0].Registers.Read32(RegisterOffsets.GlobalStatus)) };
            Assert.False(status.QueuedInvalidationEnable || status.TranslationEnable);
        },
        new BenchOptions { Devices = 0 });

    [Fact]
    public void A_container_that_finds_no_quota_is_refused_in_the_words_of_this_layer() => IommuBench.Run(1, async bench =>
    {
        long frames = bench.Subsystem.Frames.InUse;
        IommuException refusal = Assert.Throws<IommuException>(() => bench.Subsystem.CreateContainer("vm", uint.MaxValue));
        Assert.Equal(IommuError.NoPasid, refusal.Error);
        Assert.IsType<IoAsidQuotaException>(refusal.InnerException);
        Assert.Equal(frames, bench.Subsystem.Frames.InUse);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_guest_has_one_virtual_unit_at_a_time() => IommuBench.Run(1, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => guest.Container.Subscribe(guest)).Error);
        guest.Subscription.Dispose();
        IDisposable second = guest.Container.Subscribe(guest);
        guest.Subscription.Dispose();
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => guest.Container.Subscribe(guest)).Error);
        second.Dispose();
        await guest.DieAsync();
        Assert.False(guest.Container.TryAllocate(out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
        await bench.AssertReclaimedAsync();
    });

    /// <summary>A process, an auxiliary domain, a plain domain and a guest, all on the first device and at work.</summary>
    private static async Task<Attached> AttachEverythingAsync(IommuBench bench)
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        AuxiliaryDomain auxiliary = bench.Subsystem.CreateAuxiliaryDomain("aux");
        await auxiliary.AttachAsync(bench.Devices[0]);
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        ulong frame = bench.Subsystem.Frames.Allocate();
        await domain.MapAsync(Window, frame, MemoryRights.ReadWrite);
        await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        TestGuest guest = await TestGuest.StartAsync(bench);
        GuestProcess guestProcess = await guest.CreateBoundProcessAsync();
        guest.Manners = GuestManners.Keeps;
        await guestProcess.SubmitFillAsync(0, 4, Pattern);
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 8, Pattern));
        return new Attached(process, bond, auxiliary, domain, frame, guest);
    }

    private sealed record Attached(TestProcess Process, SvaBond Bond, AuxiliaryDomain Auxiliary, DmaDomain Domain, ulong Frame, TestGuest Guest)
    {
        public async Task FreeAsync(IommuBench bench)
        {
            await Process.Memory.ExitAsync();
            Auxiliary.Domain.Free();
            Domain.Free();
            bench.Subsystem.Frames.Free(Frame);
            await Guest.DieAsync();
        }
    }
}
