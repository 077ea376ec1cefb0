using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// An attachment that fails: either nothing of it is left, or, if the unit does not say that it has forgotten, what it may still use is nobody else's.
/// </summary>
public sealed class AttachFailureTests
{
    private static readonly BenchOptions TwoDevices = new() { Devices = 2, CachingMode = true };

    private DmaDomain? _domain;

    /// <summary>What a domain may be to a device.</summary>
    public enum Kind
    {
        Plain,
        Auxiliary,
        Guest,
    }

    public static TheoryData<Kind> Kinds => [.. Enum.GetValues<Kind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Without_memory_the_domain_is_used_as_it_was(Kind kind) => IommuBench.Run(
        seeds: 1,
        async bench =>
        {
            Func<int, Task> attach = await PrepareAsync(bench, kind);
            await attach(0);
            (int ids, long uses) = (IdsInUse(bench), UsesOf(kind));
            bench.Subsystem.Frames.InjectFaults(() => true);

            Assert.Equal(IommuError.NoMemory, await RefusalAsync(attach(1)));

            bench.Subsystem.Frames.InjectFaults(null);
            Assert.Equal((ids, uses), (IdsInUse(bench), UsesOf(kind)));
            Assert.Empty(bench.Devices[1].AttachedPasids);
            await attach(1);
            Assert.Equal((ids, uses + 1), (IdsInUse(bench), UsesOf(kind)));
        },
        TwoDevices);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Where_the_unit_does_not_answer_the_domain_id_is_given_to_nobody_else(Kind kind) => IommuBench.Run(
        seeds: 1,
        async bench =>
        {
            Func<int, Task> attach = await PrepareAsync(bench, kind);
            bench.StopQueue();

            Assert.Equal(IommuError.DeviceGone, await RefusalAsync(attach(0)));

            Assert.Single(bench.Devices[0].AttachedPasids);
            Assert.Equal((1, 1L), (IdsInUse(bench), UsesOf(kind)));
        },
        TwoDevices);

    [Fact]
    public void A_reset_that_fails_leaves_the_device_cut_off_and_not_for_ever_busy() => IommuBench.Run(seeds: 3, async bench =>
    {
        bench.StopQueue();

        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Devices[0].ResetAsync().AsTask()));

        Assert.Equal(DeviceState.Isolated, bench.Devices[0].State);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Devices[0].ResetAsync().AsTask()));
    });

    [Fact]
    public void A_device_that_cannot_take_a_PASID_says_why_and_nothing_changed() => IommuBench.Run(seeds: 1, async bench =>
    {
        IommuDevice device = bench.Devices[0];
        PasidEntry entry = new() { Present = true };
        device.Attach(new Pasid(7), entry);
        Assert.Equal(IommuError.Busy, Refusal(new Pasid(7)));
        Assert.Equal(IommuError.PasidTooWide, Refusal(new Pasid(device.MaximumPasid.Value + 1)));
        device.Detach(new Pasid(7));
        await device.DisableSharedVirtualAddressingAsync();
        Assert.Equal(IommuError.NotSupported, Refusal(new Pasid(7)));
        bench.Machine.RemoveFunction(bench.Engines[0]);
        Assert.Equal(IommuError.DeviceGone, Refusal(IommuDevice.RequestsWithoutPasid));
        Assert.Empty(device.AttachedPasids);
        await bench.AssertReclaimedAsync();

        IommuError Refusal(Pasid pasid) => Assert.Throws<IommuException>(() => device.Attach(pasid, entry)).Error;
    }, new BenchOptions { Engine = new DmaEngineOptions { PasidWidth = 8 } });

    [Fact]
    public void While_PASIDs_are_being_disabled_none_is_attached() => IommuBench.Run(seeds: 10, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        Task disabling = bench.Devices[0].DisableSharedVirtualAddressingAsync().AsTask();

        Assert.Equal(IommuError.NotSupported, await RefusalAsync(domain.AttachAsync(bench.Devices[0]).AsTask()));

        await disabling;
        Assert.Null(domain.Pasid);
        await bench.Devices[0].EnablePasidsAsync();
        await (await domain.AttachAsync(bench.Devices[0])).DisposeAsync();
        domain.Domain.Free();
        await bench.AssertReclaimedAsync();
    });

    private long UsesOf(Kind kind) => _domain?.Uses ?? throw new InvalidOperationException($"No {kind} was prepared.");

    /// <summary>A domain with a single use after the first attachment, and what attaches it to a device.</summary>
    private async Task<Func<int, Task>> PrepareAsync(IommuBench bench, Kind kind)
    {
        switch (kind)
        {
            case Kind.Plain:
                DmaDomain plain = _domain = bench.Subsystem.CreateDomain("plain");
                return device => IommuSubsystem.AttachAsync(bench.Devices[device], plain).AsTask();
            case Kind.Auxiliary:
                AuxiliaryDomain auxiliary = bench.Subsystem.CreateAuxiliaryDomain("auxiliary");
                _domain = auxiliary.Domain;
                return device => auxiliary.AttachAsync(bench.Devices[device]).AsTask();
            default:
                TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
                GuestProcess process = guest.CreateProcess();
                _domain = guest.Container.Domain;
                return device => process.BindAsync(device).AsTask();
        }
    }

    private static int IdsInUse(IommuBench bench) => bench.Subsystem.Units[0].DomainIds.InUse;
}
