using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// What attaching, revoking and detaching do to the entry of a PASID, step by step: the entry first, then the caches that know it, then what is under way, and the
/// number last (VT-d 6.5.3.3, 7.10).
/// </summary>
public sealed class PasidOrderTests
{
    private static readonly Pasid Pasid = new(1);
    private const string All = "0x0-0xFFFFFFFFFFFFFFFF";

    private static readonly string[] Forgotten =
        ["PASID 1 in domain 1", "PASID 1 in domain 1: everything", "fence", $"device TLB, PASID 1: {All}", "wait"];

    private static readonly string[] SetUp = ["PASID 1: absent", "PASID 1: present"];
    private static readonly string[] Revoked = ["PASID 1: absent", .. Forgotten, "PASID 1: cleared"];
    private static readonly string[] RevokedInSilence = ["PASID 1: absent, faults suppressed", .. Forgotten, "PASID 1: cleared, faults suppressed"];
    private static readonly string[] Drained = [$"device TLB, PASID 1: {All}", "wait, drain page requests", "wait"];

    private static readonly PasidEntry FirstStage = new() { Present = true, GrantType = PasidGrantType.FirstStage, DomainId = DomainIds.FirstStage };

    [Fact]
    public void A_PASID_is_revoked_with_the_last_user_and_drained_before_its_number_is_free() => Run(async world =>
    {
        await world.AttachAsync();
        Assert.Equal(SetUp, world.Journal.Take());
        await world.AttachAsync();
        await world.DetachAsync();
        Assert.Empty(world.Journal.Take());
        Assert.True(world.Devices.IsUsableBy(world.Device));

        await world.DetachAsync();

        Assert.Equal([.. Revoked, .. Drained], world.Journal.Take());
        Assert.False(world.Devices.IsExposed);
    });

    [Fact]
    public void What_was_revoked_before_is_silent_until_it_is_drained() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        await world.Devices.RevokeAsync();
        Assert.Equal(RevokedInSilence, world.Journal.Take());
        await world.Devices.RevokeAsync();
        Assert.Empty(world.Journal.Take());

        await world.DetachAsync();
        Assert.Equal([.. Drained, "PASID 1: cleared"], world.Journal.Take());
    });

    [Fact]
    public void Only_while_it_is_attached_a_device_may_use_the_PASID() => Run(async world =>
    {
        RequesterId other = new(0, 9, 0);
        Assert.False(world.MayUse);
        await world.AttachAsync();
        Assert.True(world.MayUse);
        Assert.False(world.Devices.IsUsableBy(other));

        Task detaching = world.DetachAsync();
        Assert.False(world.MayUse);
        await detaching;
        Assert.False(world.MayUse);
    });

    [Fact]
    public void An_id_that_is_freed_while_hardware_is_set_up_is_taken_out_of_it_again() => Run(
        async world =>
        {
            Task attaching = world.AttachAsync();
            Assert.True(world.Devices.IsExposedTo(world.Device));
            Task freeing = world.Handle.FreeAsync();

            await Assert.ThrowsAsync<StaleIoAsidException>(() => attaching);
            await freeing;

            Assert.Equal([.. SetUp, .. Forgotten, .. Revoked, .. Drained], world.Journal.Take());
            Assert.False(world.Devices.IsExposed);
            Assert.Empty(world.Device.AttachedPasids);
        },
        cachesAbsent: true);

    [Fact]
    public void Users_that_come_at_once_share_one_attachment() => Run(
        async world =>
        {
            await Task.WhenAll(world.AttachAsync(), world.AttachAsync());
            Assert.Equal([.. SetUp, .. Forgotten], world.Journal.Take());

            await world.DetachAsync();
            Assert.True(world.MayUse);
            await world.DetachAsync();
        },
        cachesAbsent: true);

    [Fact]
    public void A_user_who_comes_while_the_last_one_goes_attaches_it_again() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        await Task.WhenAll(world.DetachAsync(), world.AttachAsync());

        Assert.Equal([.. Revoked, .. Drained, .. SetUp], world.Journal.Take());
        Assert.True(world.MayUse);
        await world.DetachAsync();
    });

    [Fact]
    public void What_is_being_attached_is_revoked_when_it_is() => Run(
        async world =>
        {
            await Task.WhenAll(world.AttachAsync(), world.Devices.RevokeAsync().AsTask());

            Assert.Equal([.. SetUp, .. Forgotten, .. RevokedInSilence], world.Journal.Take());
            await world.DetachAsync();
        },
        cachesAbsent: true);

    [Fact]
    public void A_user_who_goes_while_it_is_revoked_waits_for_that() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        await Task.WhenAll(world.Devices.RevokeAsync().AsTask(), world.DetachAsync());

        Assert.Equal([.. RevokedInSilence, .. Drained, "PASID 1: cleared"], world.Journal.Take());
    });

    [Fact]
    public void A_device_that_is_gone_and_nobody_said_so_is_asked_nothing() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();
        world.Journal.Function.IsGone = true;

        await world.DetachAsync();

        Assert.DoesNotContain(Forgotten[3], world.Journal.Take());
        Assert.Equal(0, world.Device.Unit.Statistics.InvalidationTimeouts);
        Assert.Equal(DeviceState.Removed, world.Device.State);
    });

    [Fact]
    public void A_device_whose_reset_begins_is_asked_nothing() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        Task resetting = world.Device.ResetAsync().AsTask();
        await world.DetachAsync();
        await resetting;

        Assert.DoesNotContain(Forgotten[3], world.Journal.Take());
        Assert.Equal(0, world.Device.Unit.Statistics.InvalidationTimeouts);
    });

    [Fact]
    public void What_addresses_a_function_that_nobody_drives_is_left_out() => Run(async world =>
    {
        InvalidationBatch batch = new InvalidationBatch().AllPasids().DeviceTlb(new DeviceTlbTarget(new RequesterId(0, 9, 0), 32, default), DeviceTlbRange.Everything);
        await world.Device.Unit.Invalidations.RunAsync(batch);
        Assert.DoesNotContain(world.Journal.Take(), line => line.StartsWith("device TLB", StringComparison.Ordinal));
    });

    /// <summary>Runs with a device, an id and its attachments; in the end all of it is given up.</summary>
    private static void Run(Func<World, Task> test, bool cachesAbsent = false) => IommuBench.Run(
        seeds: 1,
        async bench =>
        {
            DeviceJournal journal = await DeviceJournal.BeginAsync(bench);
            await journal.Device.EnableSharedVirtualAddressingAsync();
            IoAsidSet<object> set = bench.Subsystem.Pasids.CreateSet<object>("test");
            World world = new(journal, new PasidAttachments(), set.Allocate());
            Assert.Equal(Pasid, world.Handle.Id.ToPasid());
            journal.Take();
            await test(world);
            await world.Handle.FreeAsync();
            await journal.EndAsync(bench);
        },
        new BenchOptions { CachingMode = cachesAbsent });

    private sealed record World(DeviceJournal Journal, PasidAttachments Devices, IoAsidHandle<object> Handle)
    {
        public IommuDevice Device => Journal.Device;

        public bool MayUse
        {
            get
            {
                bool mayUse = Devices.IsUsableBy(Device);
                Assert.Equal(mayUse, Devices.IsUsableBy(Device.RequesterId));
                return mayUse;
            }
        }

        public Task AttachAsync() => Devices.AttachAsync(Device, Handle, FirstStage).AsTask();

        public Task DetachAsync() => Devices.DetachAsync(Device).AsTask();
    }
}
