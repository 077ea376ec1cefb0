namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Demand paging from sources that take time.</summary>
public sealed class PageFaultTests
{
    private static readonly AddressRange First = AddressRange.PageOf(ProcessFixture.Base);

    private readonly ProcessFixture _fixture = new();
    private readonly GatedSource _source = new();

    private ProcessAddressSpace Process => _fixture.Process;

    [Fact]
    public void A_page_of_zeros_comes_in_synchronously_without_allocation()
    {
        Process.Map(64 * ProcessFixture.Page, MemoryRights.ReadWrite, ProcessFixture.Base);
        _fixture.Fault(ProcessFixture.Base);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong page = 1; page < 64; page++)
            Process.TryHandleFault(ProcessFixture.Base + page * ProcessFixture.Page, MemoryRights.Write);

        // The emulated memory is allocated on first use, in chunks of 64 KiB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * 0x1_0100);
        Assert.Equal(64, Process.ResidentPages);
        Assert.Equal(64, Process.FaultsHandled);
    }

    [Fact]
    public void Two_pending_faults_on_a_page_map_one_frame_filled_once()
    {
        MapWithSource();
        _fixture.Machine.Run(async () =>
        {
            Task<PageFaultOutcome> one = Fault();
            Task<PageFaultOutcome> two = Fault();
            Assert.False(one.IsCompleted || two.IsCompleted);
            Assert.Null(Process.TryHandleFault(ProcessFixture.Base, MemoryRights.Read));

            _source.Open();

            Assert.Equal([PageFaultOutcome.Handled, PageFaultOutcome.Handled], await Task.WhenAll(one, two));
            Assert.Equal(ProcessFixture.Base, await Process.ReadUInt64Async(ProcessFixture.Base));
        });
        Assert.Equal((1, 1L), (_source.Fills, Process.ResidentPages));
        Assert.Equal(PageFaultOutcome.Handled, Process.TryHandleFault(ProcessFixture.Base, MemoryRights.Read));
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
    public void The_outcome_reflects_changes_during_the_fill(string change, PageFaultOutcome expected)
    {
        long before = _fixture.Frames.InUse;
        MapWithSource();
        _fixture.Machine.Run(async () =>
        {
            Task<PageFaultOutcome>[] faults = [Fault(), Fault()];
            await Interrupt(change);
            if (change == "protect")
                _source.Open();
            Assert.All(await Task.WhenAll(faults), outcome => Assert.Equal(expected, outcome));
            if (change is "unmap" or "exit")
                Assert.Equal(change == "exit" ? before - 1 : before, _fixture.Frames.InUse);
            // The page of the old source arrives after the change, and must not be mapped.
            if (change != "protect")
                _source.Open();
            await _fixture.Machine.Scheduler.Yield();
            if (change == "remap")
                Assert.Equal(0UL, await Process.ReadUInt64Async(ProcessFixture.Base));
            await Process.ExitAsync();
        });
        Assert.Equal(before - 1, _fixture.Frames.InUse);
    }

    [Fact]
    public void Exit_does_not_wait_for_a_source_that_a_user_waits_for()
    {
        MapWithSource();
        Assert.True(Process.TryUse(out AddressSpaceUse? use));
        _fixture.Machine.Run(async () =>
        {
            Task<PageFaultOutcome> fault = Fault();
            Task exit = Process.ExitAsync().AsTask();

            Assert.Equal(PageFaultOutcome.Exited, await fault);
            use.Dispose();
            await exit;
        });
        Assert.Equal(0, _fixture.Frames.InUse);
    }

    [Fact]
    public void A_source_that_fails_frees_the_frame_and_may_be_called_again()
    {
        MapWithSource();
        long before = _fixture.Frames.InUse;
        _fixture.Machine.Run(async () =>
        {
            Task<PageFaultOutcome>[] faults = [Fault(), Fault()];
            _source.Fail(new IOException("no such block"));
            foreach (Task<PageFaultOutcome> fault in faults)
                await Assert.ThrowsAsync<IOException>(() => fault);
            Assert.Equal(before, _fixture.Frames.InUse);
            await Assert.ThrowsAsync<IOException>(Fault);
        });
        Assert.Equal(2, _source.Fills);
    }

    [Fact]
    public void A_source_that_fails_after_the_unmapping_frees_no_other_frame()
    {
        MapWithSource();
        _fixture.Machine.Run(async () =>
        {
            Task<PageFaultOutcome> fault = Fault();
            await Process.UnmapAsync(First);
            Assert.Equal(PageFaultOutcome.NoArea, await fault);
            ulong others = _fixture.Frames.Allocate();
            _source.Fail(new IOException("no such block"));
            await _fixture.Machine.Scheduler.Yield();
            Assert.NotEqual(others, _fixture.Frames.Allocate());
        });
    }

    [Fact]
    public void Bytes_that_a_source_does_not_write_are_zero()
    {
        Process.Map(ProcessFixture.Page, MemoryRights.Read, ProcessFixture.Base, new NoisySource());
        Process.Map(ProcessFixture.Page, MemoryRights.Read, 2 * ProcessFixture.Base, _source);
        _source.Open();
        _fixture.Machine.Run(async () =>
        {
            Assert.Equal(ulong.MaxValue, await Process.ReadUInt64Async(ProcessFixture.Base + 8));
            Assert.Equal(0UL, await Process.ReadUInt64Async(2 * ProcessFixture.Base + 8));
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

    private async Task Interrupt(string change)
    {
        switch (change)
        {
            case "exit":
                await Process.ExitAsync();
                break;
            case "protect":
                await Process.ProtectAsync(First, MemoryRights.None);
                break;
            default:
                await Process.UnmapAsync(First);
                if (change == "remap")
                    Process.Map(ProcessFixture.Page, MemoryRights.Read, ProcessFixture.Base);
                break;
        }
    }

    private Task<PageFaultOutcome> Fault() => Process.HandleFaultAsync(ProcessFixture.Base, MemoryRights.Read).AsTask();

    private void MapWithSource() => Process.Map(2 * ProcessFixture.Page, MemoryRights.ReadWrite, ProcessFixture.Base, _source);
}
