using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Disposals with attachments. The attachments end, and the exception that caused the disposal is not replaced.</summary>
public sealed class TearDownTests
{
    private const ulong Pattern = 0x5151_6262_7373_8484;

    private static readonly AddressRange Window = new(0x40_0000, AddressRange.PageSize);

    [Fact]
    public void A_disposal_does_not_replace_the_original_exception() => IommuFixture.RunByHand(async fixture =>
    {
        List<IommuErrorEventArgs> failures = [];
        InvalidTimeZoneException original = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await using IommuSubsystem subsystem = fixture.Subsystem;
            subsystem.TearDownFailed += (_, failed) => failures.Add(failed);
            await AttachEverythingAsync(fixture);
            throw new InvalidTimeZoneException("original");
        });

        Assert.Equal("original", original.Message);
        Assert.Empty(failures);
        Assert.All(fixture.Devices, device => Assert.Equal((DeviceState.Removed, 0), (device.State, device.AttachedPasids.Count)));
    });

    [Fact]
    public void The_disposal_of_the_subsystem_frees_all_frames_but_those_of_owners() => IommuFixture.Run(10, async fixture =>
    {
        Attached attached = await AttachEverythingAsync(fixture);

        await fixture.Subsystem.DisposeAsync();

        Assert.True(attached.Guest.Container.HasEnded);
        Assert.Equal(0, attached.Domain.Uses);
        Assert.Equal(0, fixture.Subsystem.Sva.BoundProcesses);
        await attached.Bond.DisposeAsync();
        await attached.FreeAsync(fixture);
        Assert.Equal(0, fixture.Subsystem.Frames.InUse);
    });

    [Fact]
    public void A_failed_unit_is_reported_and_does_not_replace_the_exception() => IommuFixture.RunByHand(async fixture =>
    {
        List<IommuErrorEventArgs> failures = [];
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await using IommuSubsystem subsystem = fixture.Subsystem;
            subsystem.TearDownFailed += (_, failed) => failures.Add(failed);
            await AttachEverythingAsync(fixture);
            fixture.StopQueue();
            throw new InvalidTimeZoneException("original");
        });

        Assert.Contains(failures, failed => failed.Subject is IommuDevice);
        Assert.Contains(failures, failed => failed.Subject is VtdDriver);
        Assert.All(failures, failed => Assert.Equal(IommuError.DeviceGone, Assert.IsType<IommuException>(failed.Error).Error));
    });

    [Fact]
    public void The_disposal_of_a_device_ends_only_its_own_attachments() => IommuFixture.Run(
        10,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = await fixture.BindAllAsync(process);
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);

            await fixture.Devices[0].DisposeAsync();

            Assert.Equal(0, domain.Uses);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[1], bonds[1], 0, 2, Pattern)).Status);
            await fixture.UnbindAllAsync([bonds[1]]);
            domain.Free();
            await process.Memory.ExitAsync();
            fixture.Devices.RemoveAt(0);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Fact]
    public void The_disposal_of_a_device_unassigns_it_from_guests() => IommuFixture.Run(10, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(0, 4, Pattern);

        await fixture.Devices[0].DisposeAsync();

        Assert.Empty(guest.Container.Devices);
        Assert.Null(guest.Container.FindBond(process.Pasid, TestGuest.VirtualId(0)));
        await guest.TerminateAsync();
        fixture.Devices.Clear();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Features_stay_enabled_until_the_last_hold_is_disposed() => IommuFixture.Run(1, async fixture =>
    {
        IommuDevice device = fixture.Devices[0];
        await fixture.Features[0].DisposeAsync();
        Assert.False(device.PasidEnabled);
        IAsyncDisposable first = await device.EnableSharedVirtualAddressingAsync();
        IAsyncDisposable second = await device.EnablePasidsAsync();
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(device, process.Memory);
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(device, domain);

        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.True(device.PageRequestsEnabled);
        await second.DisposeAsync();

        Assert.False(device.PageRequestsEnabled || device.DeviceTlbEnabled || device.PasidEnabled);
        Assert.Equal((1, 0), (domain.Uses, fixture.Subsystem.Sva.BoundProcesses));
        await bond.DisposeAsync();
        await attachment.DisposeAsync();
        domain.Free();
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_failed_start_leaves_units_disabled_and_frees_all_memory() => IommuFixture.RunByHand(
        async fixture =>
        {
            await fixture.Subsystem.DisposeAsync();
            CountingPlatform platform = new(fixture.Machine) { Vectors = 1 };

            Assert.Equal(IommuError.Busy, (await Assert.ThrowsAsync<IommuException>(async () => await IommuSubsystem.StartAsync(platform))).Error);

            Assert.Equal(0, platform.Given);
            GlobalStatusRegister status = new() { Bits = new Bits64(fixture.Machine.Units[0].Registers.Read32(RegisterOffsets.GlobalStatus)) };
            Assert.False(status.QueuedInvalidationEnable || status.TranslationEnable);
        },
        new FixtureOptions { Devices = 0 });

    [Fact]
    public void A_container_without_a_quota_is_refused_with_an_IOMMU_error() => IommuFixture.Run(1, async fixture =>
    {
        long frames = fixture.Subsystem.Frames.InUse;
        IommuException refusal = Assert.Throws<IommuException>(() => fixture.Subsystem.CreateContainer("vm", uint.MaxValue));
        Assert.Equal(IommuError.NoPasid, refusal.Error);
        Assert.IsType<IoAsidQuotaException>(refusal.InnerException);
        Assert.Equal(frames, fixture.Subsystem.Frames.InUse);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_guest_has_one_virtual_unit_at_a_time() => IommuFixture.Run(1, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => guest.Container.Subscribe(guest)).Error);
        guest.Subscription.Dispose();
        IDisposable second = guest.Container.Subscribe(guest);
        guest.Subscription.Dispose();
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => guest.Container.Subscribe(guest)).Error);
        second.Dispose();
        await guest.TerminateAsync();
        Assert.False(guest.Container.TryAllocate(out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>Attaches a process, an auxiliary domain, a domain and a guest to the first device, and submits work to all.</summary>
    private static async Task<Attached> AttachEverythingAsync(IommuFixture fixture)
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        AuxiliaryDomain auxiliary = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        await auxiliary.AttachAsync(fixture.Devices[0]);
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        ulong frame = fixture.Subsystem.Frames.Allocate();
        await domain.MapAsync(Window, frame, MemoryRights.ReadWrite);
        await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess guestProcess = await guest.CreateBoundProcessAsync();
        guest.Behaviour = GuestBehaviour.Ignores;
        await guestProcess.SubmitFillAsync(0, 4, Pattern);
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 8, Pattern));
        return new Attached(process, bond, auxiliary, domain, frame, guest);
    }

    private sealed record Attached(TestProcess Process, SvaBond Bond, AuxiliaryDomain Auxiliary, DmaDomain Domain, ulong Frame, TestGuest Guest)
    {
        public async Task FreeAsync(IommuFixture fixture)
        {
            await Process.Memory.ExitAsync();
            Auxiliary.Domain.Free();
            Domain.Free();
            fixture.Subsystem.Frames.Free(Frame);
            await Guest.TerminateAsync();
        }
    }
}
