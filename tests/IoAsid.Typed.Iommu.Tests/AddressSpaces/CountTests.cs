namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The users of an address space keep its pages. References keep only the structure.</summary>
public sealed class CountTests
{
    private readonly ProcessFixture _fixture = new();

    private ProcessAddressSpace Process => _fixture.Process;

    [Fact]
    public void A_user_delays_the_tear_down_but_not_the_exit()
    {
        Process.Map(ProcessFixture.Page, MemoryRights.Read, ProcessFixture.Base);
        _fixture.Fault(ProcessFixture.Base);
        long before = _fixture.Frames.InUse;
        Assert.True(Process.TryUse(out AddressSpaceUse? use));
        _fixture.Machine.Run(async () =>
        {
            Task exit = Process.ExitAsync().AsTask();

            Assert.False(Process.TryUse(out _));
            Assert.Equal(PageFaultOutcome.Exited, _fixture.Fault(ProcessFixture.Base));
            IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => Process.ReadUInt64Async(ProcessFixture.Base).AsTask());
            Assert.Equal(IommuError.Exited, refusal.Error);
            await _fixture.Machine.Scheduler.Yield();
            Assert.Multiple(
                () => Assert.Equal(1, Process.Users),
                () => Assert.Equal(before, _fixture.Frames.InUse),
                () => Assert.False(exit.IsCompleted));

            use.Dispose();
            use.Dispose();
            await exit;
        });
        Assert.Multiple(
            () => Assert.Equal(0, Process.Users),
            () => Assert.Equal(0, Process.References),
            () => Assert.Equal(0L, _fixture.Frames.InUse));
    }

    [Fact]
    public void A_reference_keeps_the_structure_and_no_page()
    {
        using AddressSpaceReference reference = Process.Grab();
        Assert.Equal(2, Process.References);

        _fixture.Machine.Run(() => Process.ExitAsync().AsTask());

        Assert.Equal((1, 0L), (reference.AddressSpace.References, _fixture.Frames.InUse));
        reference.Dispose();
        reference.Dispose();
        Assert.Equal(0, Process.References);
        Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => Process.Grab()).Error);
    }

    [Fact]
    public void Exit_runs_once_for_several_calls()
    {
        RecordingObserver observer = new() { Wait = () => _fixture.Machine.Scheduler.Yield().AsTask() };
        using IDisposable observed = Process.Subscribe(observer);

        _fixture.Machine.Run(() => Task.WhenAll(Process.ExitAsync().AsTask(), Process.ExitAsync().AsTask()));

        Assert.Equal(["release"], observer.Calls);
        Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => Process.Map(ProcessFixture.Page, MemoryRights.Read)).Error);
        Assert.Equal(0, Process.TablePages);
    }

    [Fact]
    public void Changes_that_waited_for_the_lock_are_refused_after_the_exit()
    {
        AddressRange page = Process.Map(ProcessFixture.Page, MemoryRights.Read).Range;
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _fixture.Machine.Run(async () =>
        {
            Task first = Process.UnmapAsync(page).AsTask();
            Task second = Process.UnmapAsync(page).AsTask();
            Task exit = Process.ExitAsync().AsTask();
            gate.SetResult();
            await first;
            Assert.Equal(IommuError.Exited, (await Assert.ThrowsAsync<IommuException>(() => second)).Error);
            await exit;
        });
        Assert.Equal(0, _fixture.Frames.InUse);
    }
}
