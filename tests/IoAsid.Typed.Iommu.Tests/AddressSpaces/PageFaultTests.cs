namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Demand paging from sources that take time.</summary>
public sealed class PageFaultTests
{
    private static readonly AddressRange First = AddressRange.PageOf(ProcessBench.Base);

    private readonly ProcessBench _bench = new();
    private readonly GatedSource _source = new();

    private ProcessAddressSpace Process => _bench.Process;

    [Fact]
    public void A_page_of_zeros_comes_in_at_once_without_allocation()
    {
        Process.Map(64 * ProcessBench.Page, MemoryRights.ReadWrite, ProcessBench.Base);
        _bench.Fault(ProcessBench.Base);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong page = 1; page < 64; page++)
            Process.TryHandleFault(ProcessBench.Base + page * ProcessBench.Page, MemoryRights.Write);

        // The memory itself is made as it is touched, in chunks of 64 KiB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * 0x1_0100);
        Assert.Equal(64, Process.ResidentPages);
        Assert.Equal(64, Process.FaultsHandled);
    }

    [Fact]
    public void Two_faults_on_a_page_under_way_map_one_frame_filled_once()
    {
        MapWithSource();
        _bench.Machine.Run(async () =>
        {
            Task<PageFaultOutcome> one = Fault();
            Task<PageFaultOutcome> two = Fault();
            Assert.False(one.IsCompleted || two.IsCompleted);
            Assert.Null(Process.TryHandleFault(ProcessBench.Base, MemoryRights.Read));

            _source.Open();

            Assert.Equal([PageFaultOutcome.Handled, PageFaultOutcome.Handled], await Task.WhenAll(one, two));
            Assert.Equal(ProcessBench.Base, await Process.ReadUInt64Async(ProcessBench.Base));
        });
        Assert.Equal((1, 1L), (_source.Fills, Process.ResidentPages));
        Assert.Equal(PageFaultOutcome.Handled, Process.TryHandleFault(ProcessBench.Base, MemoryRights.Read));
    }

    public static TheoryData<string, PageFaultOutcome> Interruptions { get; } = new()
    {
        { "unmap", PageFaultOutcome.NoArea },
        { "exit", PageFaultOutcome.Exited },
        { "protect", PageFaultOutcome.NotAllowed },
        { "remap", PageFaultOutcome.Handled },
    };

    [Theory]
    [MemberData(nameof(Interruptions))]
    public void What_happens_while_the_source_is_filling_decides_the_outcome(string what, PageFaultOutcome expected)
    {
        long before = _bench.Frames.InUse;
        MapWithSource();
        _bench.Machine.Run(async () =>
        {
            Task<PageFaultOutcome>[] faults = [Fault(), Fault()];
            await Interrupt(what);
            if (what == "protect")
                _source.Open();
            Assert.All(await Task.WhenAll(faults), outcome => Assert.Equal(expected, outcome));
            if (what is "unmap" or "exit")
                Assert.Equal(what == "exit" ? before - 1 : before, _bench.Frames.InUse);
            // The old source's page comes late, and must not go anywhere.
            if (what != "protect")
                _source.Open();
            await _bench.Machine.Scheduler.Yield();
            if (what == "remap")
                Assert.Equal(0UL, await Process.ReadUInt64Async(ProcessBench.Base));
            await Process.ExitAsync();
        });
        Assert.Equal(before - 1, _bench.Frames.InUse);
    }

    [Fact]
    public void Exit_does_not_wait_for_a_source_that_a_user_waits_for()
    {
        MapWithSource();
        Assert.True(Process.TryUse(out AddressSpaceUse? use));
        _bench.Machine.Run(async () =>
        {
            Task<PageFaultOutcome> fault = Fault();
            Task exit = Process.ExitAsync().AsTask();

            Assert.Equal(PageFaultOutcome.Exited, await fault);
            use.Dispose();
            await exit;
        });
        Assert.Equal(0, _bench.Frames.InUse);
    }

    [Fact]
    public void A_source_that_fails_gives_the_frame_back_and_may_be_asked_again()
    {
        MapWithSource();
        long before = _bench.Frames.InUse;
        _bench.Machine.Run(async () =>
        {
            Task<PageFaultOutcome>[] faults = [Fault(), Fault()];
            _source.Fail(new IOException("no such block"));
            foreach (Task<PageFaultOutcome> fault in faults)
                await Assert.ThrowsAsync<IOException>(() => fault);
            Assert.Equal(before, _bench.Frames.InUse);
            await Assert.ThrowsAsync<IOException>(Fault);
        });
        Assert.Equal(2, _source.Fills);
    }

    [Fact]
    public void A_source_that_fails_when_its_page_is_unmapped_frees_nothing_of_others()
    {
        MapWithSource();
        _bench.Machine.Run(async () =>
        {
            Task<PageFaultOutcome> fault = Fault();
            await Process.UnmapAsync(First);
            Assert.Equal(PageFaultOutcome.NoArea, await fault);
            ulong others = _bench.Frames.Allocate();
            _source.Fail(new IOException("no such block"));
            await _bench.Machine.Scheduler.Yield();
            Assert.NotEqual(others, _bench.Frames.Allocate());
        });
    }

    [Fact]
    public void What_a_source_does_not_write_is_zero_and_nobody_elses_page()
    {
        Process.Map(ProcessBench.Page, MemoryRights.Read, ProcessBench.Base, new NoisySource());
        Process.Map(ProcessBench.Page, MemoryRights.Read, 2 * ProcessBench.Base, _source);
        _source.Open();
        _bench.Machine.Run(async () =>
        {
            Assert.Equal(ulong.MaxValue, await Process.ReadUInt64Async(ProcessBench.Base + 8));
            Assert.Equal(0UL, await Process.ReadUInt64Async(2 * ProcessBench.Base + 8));
        });
    }

    private sealed class NoisySource : IPageSource
    {
        public ValueTask FillAsync(ulong address, Memory<byte> page)
        {
            page.Span.Fill(0xFF);
            return ValueTask.CompletedTask;
        }
    }

    private async Task Interrupt(string what)
    {
        switch (what)
        {
            case "exit":
                await Process.ExitAsync();
                break;
            case "protect":
                await Process.ProtectAsync(First, MemoryRights.None);
                break;
            default:
                await Process.UnmapAsync(First);
                if (what == "remap")
                    Process.Map(ProcessBench.Page, MemoryRights.Read, ProcessBench.Base);
                break;
        }
    }

    private Task<PageFaultOutcome> Fault() => Process.HandleFaultAsync(ProcessBench.Base, MemoryRights.Read).AsTask();

    private void MapWithSource() => Process.Map(2 * ProcessBench.Page, MemoryRights.ReadWrite, ProcessBench.Base, _source);
}
