namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Users keep pages; references keep the structure only.</summary>
public sealed class CountTests
{
    private readonly ProcessBench _bench = new();

    private ProcessAddressSpace Process => _bench.Process;

    [Fact]
    public void A_user_delays_the_tear_down_but_not_the_exit()
    {
        Process.Map(ProcessBench.Page, MemoryRights.Read, ProcessBench.Base);
        _bench.Fault(ProcessBench.Base);
        long before = _bench.Frames.InUse;
        Assert.True(Process.TryUse(out AddressSpaceUse? use));
        _bench.Machine.Run(async () =>
        {
            Task exit = Process.ExitAsync().AsTask();

            Assert.False(Process.TryUse(out _));
            Assert.Equal(PageFaultOutcome.Exited, _bench.Fault(ProcessBench.Base));
            IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => Process.ReadUInt64Async(ProcessBench.Base).AsTask());
            Assert.Equal(IommuError.Exited, refusal.Error);
            await _bench.Machine.Scheduler.Yield();
            Assert.Equal((1, before, false), (Process.Users, _bench.Frames.InUse, exit.IsCompleted));

            use.Dispose();
            use.Dispose();
            await exit;
        });
        Assert.Equal((0, 0, 0L), (Process.Users, Process.References, _bench.Frames.InUse));
    }

    [Fact]
    public void A_reference_keeps_the_structure_and_no_page()
    {
        using AddressSpaceReference reference = Process.Grab();
        Assert.Equal(2, Process.References);

        _bench.Machine.Run(() => Process.ExitAsync().AsTask());

        Assert.Equal((1, 0L), (reference.AddressSpace.References, _bench.Frames.InUse));
        reference.Dispose();
        reference.Dispose();
        Assert.Equal(0, Process.References);
        Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => Process.Grab()).Error);
    }

    [Fact]
    public void Exit_happens_once_however_often_it_is_called()
    {
        RecordingObserver observer = new() { Wait = () => _bench.Machine.Scheduler.Yield().AsTask() };
        using IDisposable observed = Process.Subscribe(observer);

        _bench.Machine.Run(() => Task.WhenAll(Process.ExitAsync().AsTask(), Process.ExitAsync().AsTask()));

        Assert.Equal(["release"], observer.Told);
        Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => Process.Map(ProcessBench.Page, MemoryRights.Read)).Error);
        Assert.Equal(0, Process.TablePages);
    }

    [Fact]
    public void Changes_that_waited_for_their_turn_find_that_the_process_has_exited()
    {
        AddressRange page = Process.Map(ProcessBench.Page, MemoryRights.Read).Range;
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _bench.Machine.Run(async () =>
        {
            Task first = Process.UnmapAsync(page).AsTask();
            Task second = Process.UnmapAsync(page).AsTask();
            Task exit = Process.ExitAsync().AsTask();
            gate.SetResult();
            await first;
            Assert.Equal(IommuError.Exited, (await Assert.ThrowsAsync<IommuException>(() => second)).Error);
            await exit;
        });
        Assert.Equal(0, _bench.Frames.InUse);
    }
}
