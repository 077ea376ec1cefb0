using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A token cancels the wait, never the operation: what changes changes all the same, and an object that nobody can have is disposed.</summary>
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
        ["reset"] = (scene, token) => scene.Bench.Devices[0].ResetAsync(token).AsTask(),
        ["guest map"] = (scene, token) =>
            scene.Guest.Container.Memory.MapAsync(new AddressRange(0x800_0000, AddressRange.PageSize), scene.Frame, cancellationToken: token).AsTask(),
        ["guest unmap"] = (scene, token) =>
            scene.Guest.Container.Memory.UnmapAsync(scene.Guest.Container.Memory.Ranges[0], token).AsTask(),
        ["guest invalidation"] = (scene, token) =>
            scene.Guest.Container.InvalidateAsync(new InvalidationDescriptor(new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Global }.Bits), token).AsTask(),
        ["stop"] = (scene, token) => scene.Bench.Drivers[0].StopAsync(new Pasid(9), cancellationToken: token).AsTask(),
    };

    private static readonly Dictionary<string, Func<Scene, CancellationToken, Task>> Beginnings = new()
    {
        ["bind"] = (scene, token) => scene.Bench.Subsystem.Sva.BindAsync(scene.Bench.Devices[1], scene.Process.Memory, token).AsTask(),
        ["attach"] = (scene, token) => IommuSubsystem.AttachAsync(scene.Bench.Devices[1], scene.Domain, token).AsTask(),
        ["attach by PASID"] = (scene, token) => scene.Auxiliary.AttachAsync(scene.Bench.Devices[1], token).AsTask(),
        ["guest bind"] = (scene, token) => scene.Guest.Container.BindAsync(
            scene.GuestPasid, TestGuest.VirtualId(0), new GuestPageTable(TestGuest.RamBase), token).AsTask(),
        ["assign"] = (scene, token) =>
            scene.Guest.Container.AssignAsync(scene.Bench.Devices[2], TestGuest.VirtualId(1), _ => ValueTask.CompletedTask, token).AsTask(),
    };

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    public static TheoryData<string> BeginningNames => [.. Beginnings.Keys];

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public void A_change_whose_wait_is_cancelled_is_made(string change) => Run(async scene =>
    {
        long before = scene.Submitted;
        using CancellationTokenSource source = new();
        Task call = Changes[change](scene, source.Token);
        Assert.False(call.IsCompleted);

        Cancel(source);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await scene.SettleAsync();
        Assert.True(scene.Submitted > before || change == "stop", "The change was made.");
    });

    [Theory]
    [MemberData(nameof(BeginningNames))]
    public void What_began_for_a_cancelled_wait_ends_again(string beginning) => Run(async scene =>
    {
        long before = scene.Submitted;
        using CancellationTokenSource source = new();
        Task call = Beginnings[beginning](scene, source.Token);
        Assert.False(call.IsCompleted);

        Cancel(source);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await scene.SettleAsync();
        Assert.True(scene.Submitted > before, "It began.");
        Assert.All(scene.Bench.Devices.Skip(1), device => Assert.Empty(device.Dependents));
        Assert.Null(scene.Guest.Container.FindBond(scene.GuestPasid, TestGuest.VirtualId(0)));
    });

    [Theory]
    [MemberData(nameof(BeginningNames))]
    public void A_wait_that_is_not_cancelled_returns_what_began(string beginning) => Run(async scene =>
    {
        using CancellationTokenSource source = new();
        Task call = Beginnings[beginning](scene, source.Token);
        await call;
        Cancel(source);
        await scene.SettleAsync();
        Assert.True(scene.Bench.Devices.Skip(1).Sum(device => device.Dependents.Count) == 1 || scene.Guest.Container.FindBond(scene.GuestPasid, TestGuest.VirtualId(0)) is not null);
    });

    [Fact]
    public void A_start_whose_wait_is_cancelled_is_undone() => IommuBench.RunByHand(
        async bench =>
        {
            await bench.Subsystem.DisposeAsync();
            CountingPlatform platform = new(bench.Machine);
            using CancellationTokenSource source = new();
            Task starting = IommuSubsystem.StartAsync(platform, null, source.Token).AsTask();
            Cancel(source);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
            Assert.True(await bench.Machine.Scheduler.WaitUntil(() => platform.Given == 0, TimeSpan.FromSeconds(1)));
        },
        new BenchOptions { Devices = 0 });

    [Fact]
    public void Waits_of_the_scheduler_end_when_they_are_cancelled() => IommuBench.RunByHand(async bench =>
    {
        using CancellationTokenSource source = new();
        Task delay = bench.Machine.Scheduler.Delay(TimeSpan.FromHours(1), source.Token).AsTask();
        Task poll = bench.Machine.Scheduler.WaitUntil(() => false, TimeSpan.FromHours(1), source.Token).AsTask();
        Cancel(source);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
    });

#pragma warning disable CA1849, MA0042, S6966 // CancelAsync needs the thread pool, and a machine has no threads.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();
#pragma warning restore CA1849, MA0042, S6966

    private static void Run(Func<Scene, Task> test) => IommuBench.Run(
        3,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            await process.Memory.WriteUInt64Async(process.Data, 1);
            ulong frame = bench.Subsystem.Frames.Allocate();
            DmaDomain domain = bench.Subsystem.CreateDomain("dma");
            await domain.MapAsync(Window, frame, MemoryRights.ReadWrite);
            await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
            TestGuest guest = await TestGuest.StartAsync(bench);
            await guest.CreateBoundProcessAsync();
            await bench.Features[2].DisposeAsync();
            Scene scene = new(bench, process, domain, bench.Subsystem.CreateAuxiliaryDomain("aux"), guest, guest.Container.Allocate(), frame);
            await test(scene);

            await bench.Subsystem.DisposeAsync();
            await process.Memory.ExitAsync();
            domain.Free();
            scene.Auxiliary.Domain.Free();
            bench.Subsystem.Frames.Free(frame);
            await guest.DieAsync();
            Assert.Equal(0, bench.Subsystem.Frames.InUse);
            await bond.DisposeAsync();
        },
        new BenchOptions { Devices = 3, CachingMode = true });

    private sealed record Scene(
        IommuBench Bench, TestProcess Process, DmaDomain Domain, AuxiliaryDomain Auxiliary, TestGuest Guest, PrivateIoAsid GuestPasid, ulong Frame)
    {
        public long Submitted => Bench.Subsystem.Units[0].Statistics.Invalidations;

        public ValueTask SettleAsync() => Bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(50));
    }
}
