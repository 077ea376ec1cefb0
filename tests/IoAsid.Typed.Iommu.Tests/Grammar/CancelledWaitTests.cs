using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A token cancels the wait and not the operation. A change completes, and an object that no caller receives is disposed.</summary>
public sealed class CancelledWaitTests
{
    private static readonly AddressRange Window = new(0x40_0000, AddressRange.PageSize);

    private static readonly Dictionary<string, Func<Scene, CancellationToken, Task>> Changes = new()
    {
        ["map"] = (scene, token) => scene.Domain.MapAsync(new AddressRange(0x80_0000, AddressRange.PageSize), scene.Frame, MemoryRights.Read, token).AsTask(),
        ["unmap"] = (scene, token) => scene.Domain.UnmapAsync(Window, token).AsTask(),
        ["unmap of a process"] = (scene, token) => scene.Process.Memory.UnmapAsync(new AddressRange(scene.Process.Data, AddressRange.PageSize), token).AsTask(),
        ["protect"] = (scene, token) =>
            scene.Process.Memory.ProtectAsync(new AddressRange(scene.Process.Data, AddressRange.PageSize), MemoryRights.Read, token).AsTask(),
        ["exit"] = (scene, token) => scene.Process.Memory.ExitAsync(token).AsTask(),
        ["reset"] = (scene, token) => scene.Fixture.Devices[0].ResetAsync(token).AsTask(),
        ["guest map"] = (scene, token) =>
            scene.Guest.Container.Memory.MapAsync(new AddressRange(0x800_0000, AddressRange.PageSize), scene.Frame, cancellationToken: token).AsTask(),
        ["guest unmap"] = (scene, token) =>
            scene.Guest.Container.Memory.UnmapAsync(scene.Guest.Container.Memory.Ranges[0], token).AsTask(),
        ["guest invalidation"] = (scene, token) =>
            scene.Guest.Container.InvalidateAsync(new InvalidationDescriptor(new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Global }.Bits), token).AsTask(),
        ["stop"] = (scene, token) => scene.Fixture.Drivers[0].StopAsync(new Pasid(9), cancellationToken: token).AsTask(),
    };

    private static readonly Dictionary<string, Func<Scene, CancellationToken, Task>> Beginnings = new()
    {
        ["bind"] = (scene, token) => scene.Fixture.Subsystem.BindAsync(scene.Fixture.Devices[1], scene.Process.Memory, token).AsTask(),
        ["attach"] = (scene, token) => IommuSubsystem.AttachAsync(scene.Fixture.Devices[1], scene.Domain, token).AsTask(),
        ["attach by PASID"] = (scene, token) => scene.Auxiliary.AttachAsync(scene.Fixture.Devices[1], token).AsTask(),
        ["guest bind"] = (scene, token) => scene.Guest.Container.BindAsync(
            scene.GuestPasid, TestGuest.VirtualId(0), new GuestPageTable(TestGuest.RamBase), token).AsTask(),
        ["assign"] = (scene, token) =>
            scene.Guest.Container.AssignAsync(scene.Fixture.Devices[2], TestGuest.VirtualId(1), _ => ValueTask.CompletedTask, token).AsTask(),
    };

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    public static TheoryData<string> BeginningNames => [.. Beginnings.Keys];

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public void A_change_completes_after_its_wait_is_cancelled(string change) => Run(async scene =>
    {
        long before = scene.Submitted;
        using CancellationTokenSource source = new();
        Task call = Changes[change](scene, source.Token);
        Assert.False(call.IsCompleted);

        Cancel(source);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await scene.SettleAsync();
        Assert.True(scene.Submitted > before || change == "stop", "The change did not complete.");
    });

    [Theory]
    [MemberData(nameof(BeginningNames))]
    public void An_object_is_disposed_after_its_wait_is_cancelled(string beginning) => Run(async scene =>
    {
        long before = scene.Submitted;
        using CancellationTokenSource source = new();
        Task call = Beginnings[beginning](scene, source.Token);
        Assert.False(call.IsCompleted);

        Cancel(source);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await scene.SettleAsync();
        Assert.True(scene.Submitted > before, "The operation did not begin.");
        Assert.All(scene.Fixture.Devices.Skip(1), device => Assert.Empty(device.Dependents));
        Assert.Null(scene.Guest.Container.FindBond(scene.GuestPasid, TestGuest.VirtualId(0)));
    });

    [Theory]
    [MemberData(nameof(BeginningNames))]
    public void A_wait_that_is_not_cancelled_returns_the_object(string beginning) => Run(async scene =>
    {
        using CancellationTokenSource source = new();
        Task call = Beginnings[beginning](scene, source.Token);
        await call;
        Cancel(source);
        await scene.SettleAsync();
        Assert.True(scene.Fixture.Devices.Skip(1).Sum(device => device.Dependents.Count) == 1 || scene.Guest.Container.FindBond(scene.GuestPasid, TestGuest.VirtualId(0)) is not null);
    });

    [Fact]
    public void A_start_whose_wait_is_cancelled_is_undone() => IommuFixture.RunByHand(
        async fixture =>
        {
            await fixture.Subsystem.DisposeAsync();
            CountingPlatform platform = new(fixture.Machine);
            using CancellationTokenSource source = new();
            Task starting = IommuSubsystem.StartAsync(platform, null, source.Token).AsTask();
            Cancel(source);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
            Assert.True(await fixture.Machine.Scheduler.WaitUntil(() => platform.Given == 0, TimeSpan.FromSeconds(1)));
        },
        new FixtureOptions { Devices = 0 });

    [Fact]
    public void Waits_of_the_scheduler_end_when_they_are_cancelled() => IommuFixture.RunByHand(async fixture =>
    {
        using CancellationTokenSource source = new();
        Task delay = fixture.Machine.Scheduler.Delay(TimeSpan.FromHours(1), source.Token).AsTask();
        Task poll = fixture.Machine.Scheduler.WaitUntil(() => false, TimeSpan.FromHours(1), source.Token).AsTask();
        Cancel(source);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
    });

#pragma warning disable CA1849, MA0042, S6966 // CancelAsync needs the thread pool, and a machine has no threads.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();
#pragma warning restore CA1849, MA0042, S6966

    private static void Run(Func<Scene, Task> test) => IommuFixture.Run(
        3,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            await process.Memory.WriteUInt64Async(process.Data, 1);
            ulong frame = fixture.Subsystem.Frames.Allocate();
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            await domain.MapAsync(Window, frame, MemoryRights.ReadWrite);
            await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            TestGuest guest = await TestGuest.StartAsync(fixture);
            await guest.CreateBoundProcessAsync();
            await fixture.Features[2].DisposeAsync();
            Scene scene = new(fixture, process, domain, fixture.Subsystem.CreateAuxiliaryDomain("aux"), guest, guest.Container.Allocate(), frame);
            await test(scene);

            await fixture.Subsystem.DisposeAsync();
            await process.Memory.ExitAsync();
            domain.Free();
            scene.Auxiliary.Domain.Free();
            fixture.Subsystem.Frames.Free(frame);
            await guest.TerminateAsync();
            Assert.Equal(0, fixture.Subsystem.Frames.InUse);
            await bond.DisposeAsync();
        },
        new FixtureOptions { Devices = 3, CachingMode = true });

    private sealed record Scene(
        IommuFixture Fixture, TestProcess Process, DmaDomain Domain, AuxiliaryDomain Auxiliary, TestGuest Guest, PrivateIoAsid GuestPasid, ulong Frame)
    {
        public long Submitted => Fixture.Subsystem.Units[0].Statistics.Invalidations;

        public ValueTask SettleAsync() => Fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(50));
    }
}
