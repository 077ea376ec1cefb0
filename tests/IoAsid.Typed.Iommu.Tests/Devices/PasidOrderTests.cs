using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The steps of attach, revoke and detach of a PASID: first the entry, then the caches, then the requests in flight, and last the number (VT-d 6.5.3.3, 7.10).
/// </summary>
public sealed class PasidOrderTests
{
    private static readonly Pasid Pasid = new(1);
    private const string All = "0x0-0xFFFFFFFFFFFFFFFF";

    private static readonly string[] Invalidated =
        ["PASID 1 in domain 1", "PASID 1 in domain 1: everything", "fence", $"device TLB, PASID 1: {All}", "wait"];

    private static readonly string[] SetUp = ["PASID 1: absent", "PASID 1: present"];
    private static readonly string[] Revoked = ["PASID 1: absent", .. Invalidated, "PASID 1: cleared"];
    private static readonly string[] RevokedWithoutFaults = ["PASID 1: absent, faults suppressed", .. Invalidated, "PASID 1: cleared, faults suppressed"];
    private static readonly string[] Drained = [$"device TLB, PASID 1: {All}", "wait, drain page requests", "wait"];

    private static readonly PasidEntry FirstStage = new() { Present = true, GrantType = PasidGrantType.FirstStage, DomainId = DomainIds.FirstStage };

    [Fact]
    public void The_last_user_revokes_and_drains_before_the_number_is_free() => Run(async world =>
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
    public void A_revoked_PASID_suppresses_faults_until_it_is_drained() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        await world.Devices.RevokeAsync();
        Assert.Equal(RevokedWithoutFaults, world.Journal.Take());
        await world.Devices.RevokeAsync();
        Assert.Empty(world.Journal.Take());

        await world.DetachAsync();
        Assert.Equal([.. Drained, "PASID 1: cleared"], world.Journal.Take());
    });

    [Fact]
    public void A_device_may_use_a_PASID_only_while_it_is_attached() => Run(async world =>
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
    public void An_id_that_is_freed_during_the_set_up_is_revoked_and_drained() => Run(
        async world =>
        {
            Task attaching = world.AttachAsync();
            Assert.True(world.Devices.IsExposedTo(world.Device));
            Task freeing = world.Handle.FreeAsync();

            await Assert.ThrowsAsync<StaleIoAsidException>(() => attaching);
            await freeing;

            Assert.Equal([.. SetUp, .. Invalidated, .. Revoked, .. Drained], world.Journal.Take());
            Assert.False(world.Devices.IsExposed);
            Assert.Empty(world.Device.AttachedPasids);
        },
        cachesAbsent: true);

    [Fact]
    public void Concurrent_users_share_one_attachment() => Run(
        async world =>
        {
            await Task.WhenAll(world.AttachAsync(), world.AttachAsync());
            Assert.Equal([.. SetUp, .. Invalidated], world.Journal.Take());

            await world.DetachAsync();
            Assert.True(world.MayUse);
            await world.DetachAsync();
        },
        cachesAbsent: true);

    [Fact]
    public void A_user_that_attaches_during_the_last_detach_attaches_again() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        await Task.WhenAll(world.DetachAsync(), world.AttachAsync());

        Assert.Equal([.. Revoked, .. Drained, .. SetUp], world.Journal.Take());
        Assert.True(world.MayUse);
        await world.DetachAsync();
    });

    [Fact]
    public void A_revoke_waits_for_a_pending_attach() => Run(
        async world =>
        {
            await Task.WhenAll(world.AttachAsync(), world.Devices.RevokeAsync().AsTask());

            Assert.Equal([.. SetUp, .. Invalidated, .. RevokedWithoutFaults], world.Journal.Take());
            await world.DetachAsync();
        },
        cachesAbsent: true);

    [Fact]
    public void A_detach_waits_for_a_pending_revoke() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        await Task.WhenAll(world.Devices.RevokeAsync().AsTask(), world.DetachAsync());

        Assert.Equal([.. RevokedWithoutFaults, .. Drained, "PASID 1: cleared"], world.Journal.Take());
    });

    [Fact]
    public void No_invalidation_is_sent_to_a_device_removed_without_notice() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();
        world.Journal.Function.IsGone = true;

        await world.DetachAsync();

        Assert.DoesNotContain(Invalidated[3], world.Journal.Take());
        Assert.Equal(0, world.Device.Unit.Statistics.InvalidationTimeouts);
        Assert.Equal(DeviceState.Removed, world.Device.State);
    });

    [Fact]
    public void No_invalidation_is_sent_to_a_device_in_a_reset() => Run(async world =>
    {
        await world.AttachAsync();
        world.Journal.Take();

        Task resetting = world.Device.ResetAsync().AsTask();
        await world.DetachAsync();
        await resetting;

        Assert.DoesNotContain(Invalidated[3], world.Journal.Take());
        Assert.Equal(0, world.Device.Unit.Statistics.InvalidationTimeouts);
    });

    [Fact]
    public void Invalidations_of_a_function_without_a_device_are_omitted() => Run(async world =>
    {
        InvalidationBatch batch = new InvalidationBatch().AllPasids().DeviceTlb(new DeviceTlbTarget(new RequesterId(0, 9, 0), 32, default), DeviceTlbRange.Everything);
        await world.Device.Unit.Invalidations.RunAsync(batch);
        Assert.DoesNotContain(world.Journal.Take(), line => line.StartsWith("device TLB", StringComparison.Ordinal));
    });

    /// <summary>Runs a test with a device, an id and its attachments, and disposes them afterwards.</summary>
    private static void Run(Func<World, Task> test, bool cachesAbsent = false) => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            DeviceJournal journal = await DeviceJournal.BeginAsync(fixture);
            await journal.Device.EnableSharedVirtualAddressingAsync();
            IoAsidSet<object> set = fixture.Subsystem.Pasids.CreateSet<object>("test");
            World world = new(journal, new PasidAttachments(), set.Allocate());
            Assert.Equal(Pasid, world.Handle.Id.ToPasid());
            journal.Take();
            await test(world);
            await world.Handle.FreeAsync();
            await journal.EndAsync(fixture);
        },
        new FixtureOptions { CachingMode = cachesAbsent });

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
