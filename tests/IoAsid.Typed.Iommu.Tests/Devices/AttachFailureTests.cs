using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A failed attachment, which leaves no change. If the unit did not confirm an invalidation, the ids and the memory of the attachment are not reused.</summary>
public sealed class AttachFailureTests
{
    private static readonly FixtureOptions TwoDevices = new() { Devices = 2, CachingMode = true };

    private DmaDomain? _domain;

    /// <summary>The ways of attaching a domain to a device.</summary>
    public enum Kind
    {
        Plain,
        Auxiliary,
        Guest,
    }

    public static TheoryData<Kind> Kinds => [.. Enum.GetValues<Kind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_attach_without_memory_leaves_the_uses_of_the_domain(Kind kind) => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            Func<int, Task> attach = await PrepareAsync(fixture, kind);
            await attach(0);
            (int ids, long uses) = (IdsInUse(fixture), UsesOf(kind));
            fixture.Subsystem.Frames.InjectFaults(() => true);

            Assert.Equal(IommuError.NoMemory, await RefusalAsync(attach(1)));

            fixture.Subsystem.Frames.InjectFaults(null);
            Assert.Equal((ids, uses), (IdsInUse(fixture), UsesOf(kind)));
            Assert.Empty(fixture.Devices[1].AttachedPasids);
            await attach(1);
            Assert.Equal((ids, uses + 1), (IdsInUse(fixture), UsesOf(kind)));
        },
        TwoDevices);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_domain_id_is_not_allocated_again_if_the_unit_does_not_work(Kind kind) => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            Func<int, Task> attach = await PrepareAsync(fixture, kind);
            fixture.StopQueue();

            Assert.Equal(IommuError.DeviceGone, await RefusalAsync(attach(0)));

            Assert.Single(fixture.Devices[0].AttachedPasids);
            Assert.Equal((1, 1L), (IdsInUse(fixture), UsesOf(kind)));
        },
        TwoDevices);

    [Fact]
    public void A_reset_that_fails_leaves_the_device_isolated() => IommuFixture.Run(seeds: 3, async fixture =>
    {
        fixture.StopQueue();

        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Devices[0].ResetAsync().AsTask()));

        Assert.Equal(DeviceState.Isolated, fixture.Devices[0].State);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Devices[0].ResetAsync().AsTask()));
    });

    [Fact]
    public void Attaching_a_PASID_is_refused_with_a_reason_without_a_change() => IommuFixture.Run(seeds: 1, async fixture =>
    {
        IommuDevice device = fixture.Devices[0];
        PasidEntry entry = new() { Present = true };
        device.Attach(new Pasid(7), entry);
        Assert.Equal(IommuError.Busy, Refusal(new Pasid(7)));
        Assert.Equal(IommuError.PasidTooWide, Refusal(new Pasid(device.MaximumPasid.Value + 1)));
        device.Detach(new Pasid(7));
        await device.DisableSharedVirtualAddressingAsync();
        Assert.Equal(IommuError.NotSupported, Refusal(new Pasid(7)));
        fixture.Machine.RemoveFunction(fixture.Engines[0]);
        Assert.Equal(IommuError.DeviceGone, Refusal(IommuDevice.RequestsWithoutPasid));
        Assert.Empty(device.AttachedPasids);
        await fixture.AssertReclaimedAsync();

        IommuError Refusal(Pasid pasid) => Assert.Throws<IommuException>(() => device.Attach(pasid, entry)).Error;
    }, new FixtureOptions { Engine = new DmaEngineOptions { PasidWidth = 8 } });

    [Fact]
    public void No_PASID_is_attached_while_PASIDs_are_being_disabled() => IommuFixture.Run(seeds: 10, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        Task disabling = fixture.Devices[0].DisableSharedVirtualAddressingAsync().AsTask();

        Assert.Equal(IommuError.NotSupported, await RefusalAsync(domain.AttachAsync(fixture.Devices[0]).AsTask()));

        await disabling;
        Assert.Null(domain.Pasid);
        await fixture.Devices[0].EnablePasidsAsync();
        await (await domain.AttachAsync(fixture.Devices[0])).DisposeAsync();
        domain.Domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    private long UsesOf(Kind kind) => _domain?.Uses ?? throw new InvalidOperationException($"No {kind} was prepared.");

    /// <summary>Creates a domain with one use after the first attachment, and returns the function that attaches it to a device.</summary>
    private async Task<Func<int, Task>> PrepareAsync(IommuFixture fixture, Kind kind)
    {
        switch (kind)
        {
            case Kind.Plain:
                DmaDomain plain = _domain = fixture.Subsystem.CreateDomain("plain");
                return device => IommuSubsystem.AttachAsync(fixture.Devices[device], plain).AsTask();
            case Kind.Auxiliary:
                AuxiliaryDomain auxiliary = fixture.Subsystem.CreateAuxiliaryDomain("auxiliary");
                _domain = auxiliary.Domain;
                return device => auxiliary.AttachAsync(fixture.Devices[device]).AsTask();
            default:
                TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
                GuestProcess process = guest.CreateProcess();
                _domain = guest.Container.Domain;
                return device => process.BindAsync(device).AsTask();
        }
    }

    private static int IdsInUse(IommuFixture fixture) => fixture.Subsystem.Units[0].DomainIds.InUse;
}
