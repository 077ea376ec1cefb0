namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Entries first, then observers, and only then is memory used again.</summary>
public sealed class ChangeOrderTests
{
    private static readonly AddressRange Two = new(ProcessBench.Base, 2 * ProcessBench.Page);

    private readonly ProcessBench _bench = new();

    private ProcessAddressSpace Process => _bench.Process;

    [Fact]
    public void An_observer_sees_entries_gone_and_frames_not_yet_used_again()
    {
        ulong[] old = Populate();
        List<ulong> given = [];
        RecordingObserver observer = new() { Look = Look };
        using IDisposable observed = Process.Subscribe(observer);

        _bench.Machine.Run(() => Process.UnmapAsync(Two).AsTask());

        Assert.Equal([$"invalidate {Two}"], observer.Told);
        Assert.Empty(given.Intersect(old));
        Assert.Equal(old[0], _bench.Frames.Allocate());

        void Look(AddressRange range)
        {
            Assert.Empty(_bench.Tables.Leaves);
            for (int count = 0; count < 100; count++)
                given.Add(_bench.Frames.Allocate());
        }
    }

    [Fact]
    public void Faults_are_served_from_the_new_state_while_an_invalidation_is_under_way()
    {
        Populate();
        Process.Map(ProcessBench.Page, MemoryRights.Read, ProcessBench.Base + 0x10_0000);
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _bench.Machine.Run(async () =>
        {
            Task unmapping = Process.UnmapAsync(AddressRange.PageOf(Two.Start)).AsTask();
            Task protection = Process.ProtectAsync(AddressRange.PageOf(Two.Last), MemoryRights.Read).AsTask();

            Assert.Equal(PageFaultOutcome.Handled, _bench.Fault(ProcessBench.Base + 0x10_0000));
            Assert.Equal(PageFaultOutcome.NoArea, _bench.Fault(Two.Start));
            Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => Process.Map(ProcessBench.Page, MemoryRights.Read, Two.Start)).Error);
            Assert.True(_bench.LeafOf(Two.Last).Has(RawTables.Writable), "changes come one after the other");

            gate.SetResult();
            await unmapping;
            await protection;
        });
        Assert.False(_bench.LeafOf(Two.Last).Has(RawTables.Writable));
        Process.Map(ProcessBench.Page, MemoryRights.Read, Two.Start);
    }

    [Theory]
    [InlineData(MemoryRights.ReadWrite, MemoryRights.Read, true)]
    [InlineData(MemoryRights.ReadWrite, MemoryRights.None, true)]
    [InlineData(MemoryRights.Read, MemoryRights.ReadWrite, false)]
    [InlineData(MemoryRights.None, MemoryRights.ReadWrite, false)]
    [InlineData(MemoryRights.Read, MemoryRights.Read, false)]
    public void Only_taking_rights_away_needs_an_invalidation(MemoryRights from, MemoryRights to, bool isTold)
    {
        Populate(from);
        RecordingObserver observer = new();
        using IDisposable observed = Process.Subscribe(observer);

        _bench.Machine.Run(() => Process.ProtectAsync(Two, to).AsTask());

        Assert.Equal(isTold ? [$"invalidate {Two}"] : [], observer.Told);
    }

    [Theory]
    [InlineData(0, 4, false)]
    [InlineData(0, 2, true)]
    [InlineData(3, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 2, false)]
    [InlineData(5, 1, false)]
    public void Rights_change_only_of_what_is_mapped_to_its_end(int first, int pages, bool isMapped)
    {
        // Two areas of other rights side by side, a hole, and one more.
        Map(0, MemoryRights.Read);
        Map(1, MemoryRights.ReadWrite);
        Map(3, MemoryRights.Read);
        AddressRange range = new(PageAt(first), (ulong)pages * ProcessBench.Page);
        Exception? refusal = Record.Exception(() => AtOnce.Done(Process.ProtectAsync(range, MemoryRights.ReadWrite)));
        Assert.Equal(isMapped, refusal is null);
        Assert.Equal(isMapped ? null : IommuError.NotFound, (refusal as IommuException)?.Error);

        void Map(int page, MemoryRights rights) => Process.Map(ProcessBench.Page, rights, PageAt(page));
        ulong PageAt(int page) => ProcessBench.Base + (ulong)page * ProcessBench.Page;
    }

    [Fact]
    public void Areas_that_are_alike_again_are_one_area_again()
    {
        Populate();
        AddressRange first = AddressRange.PageOf(Two.Start);
        _bench.Machine.Run(async () =>
        {
            await Process.ProtectAsync(first, MemoryRights.Read);
            Assert.Equal(2, Process.Areas.Count);
            await Process.ProtectAsync(first, MemoryRights.ReadWrite);
        });
        Assert.Equal(Two, Assert.Single(Process.Areas).Range);
    }

    [Fact]
    public void Areas_with_a_hole_between_them_stay_two()
    {
        Process.Map(3 * ProcessBench.Page, MemoryRights.ReadWrite, Two.Start);
        AddressRange third = new(Two.Start + Two.Length, ProcessBench.Page);
        _bench.Machine.Run(async () =>
        {
            await Process.UnmapAsync(new AddressRange(Two.Start + ProcessBench.Page, ProcessBench.Page));
            await Process.ProtectAsync(third, MemoryRights.Read);
            await Process.ProtectAsync(third, MemoryRights.ReadWrite);
        });
        Assert.Equal([AddressRange.PageOf(Two.Start), third], Process.Areas.Select(area => area.Range));
    }

    [Fact]
    public void Areas_of_different_sources_stay_two()
    {
        GatedSource source = new();
        Process.Map(ProcessBench.Page, MemoryRights.ReadWrite, Two.Start);
        AddressRange second = Process.Map(ProcessBench.Page, MemoryRights.ReadWrite, Two.Start + ProcessBench.Page, source).Range;
        _bench.Machine.Run(async () =>
        {
            await Process.ProtectAsync(second, MemoryRights.Read);
            await Process.ProtectAsync(second, MemoryRights.ReadWrite);
        });
        Assert.Equal([null, source], Process.Areas.Select(area => area.Source));
    }

    [Fact]
    public void A_place_that_is_being_unmapped_is_not_chosen_again()
    {
        AddressRange leaving = Process.Map(ProcessBench.Page, MemoryRights.Read).Range;
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _bench.Machine.Run(async () =>
        {
            Task unmapping = Process.UnmapAsync(leaving).AsTask();
            Assert.Equal(leaving.Start + leaving.Length, Process.Map(ProcessBench.Page, MemoryRights.Read).Range.Start);
            gate.SetResult();
            await unmapping;
        });
        Assert.Equal(leaving, Process.Map(ProcessBench.Page, MemoryRights.Read).Range);
    }

    [Fact]
    public void A_change_waits_until_observers_know_the_rights_of_the_one_before()
    {
        Populate();
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _bench.Machine.Run(async () =>
        {
            Task protection = Process.ProtectAsync(AddressRange.PageOf(Two.Start), MemoryRights.Read).AsTask();
            Task unmapping = Process.UnmapAsync(AddressRange.PageOf(Two.Last)).AsTask();
            Assert.Equal(2, _bench.Tables.Leaves.Count);
            gate.SetResult();
            await protection;
            await unmapping;
        });
        Assert.Single(_bench.Tables.Leaves);
    }

    [Fact]
    public void When_several_observers_fail_all_failures_are_reported()
    {
        Populate();
        using IDisposable one = Process.Subscribe(new RecordingObserver { Wait = () => throw new TimeoutException() });
        using IDisposable two = Process.Subscribe(new RecordingObserver { Wait = () => throw new IOException() });

        AggregateException failure = Assert.Throws<AggregateException>(() => _bench.Machine.Run(() => Process.UnmapAsync(Two).AsTask()));

        Assert.Equal([typeof(TimeoutException), typeof(IOException)], failure.InnerExceptions.Select(inner => inner.GetType()));
    }

    [Fact]
    public void Memory_an_observer_failed_for_is_never_used_again_and_the_others_are_told()
    {
        Populate();
        long before = _bench.Frames.InUse;
        RecordingObserver failing = new() { Wait = () => throw new TimeoutException("the device does not answer") };
        RecordingObserver other = new();
        using IDisposable one = Process.Subscribe(failing);
        using IDisposable two = Process.Subscribe(other);

        Assert.Throws<TimeoutException>(() => _bench.Machine.Run(() => Process.UnmapAsync(Two).AsTask()));

        // Two pages and the three tables that only they needed.
        Assert.Equal((5L, before), (Process.LeakedFrames, _bench.Frames.InUse));
        Assert.Equal(0, Process.ResidentPages);
        Assert.Single(other.Told);

        failing.Wait = null;
        _bench.Machine.Run(() => Process.ExitAsync().AsTask());
        Assert.Equal(5, _bench.Frames.InUse);
    }

    [Fact]
    public void Exit_releases_observers_before_pages_and_tables_go_and_tells_them_nothing_more()
    {
        ulong[] old = Populate();
        RecordingObserver observer = new() { Look = _ => Assert.All(old, frame => Assert.Equal(7UL, WordAt(frame))) };
        using IDisposable observed = Process.Subscribe(observer);

        _bench.Machine.Run(() => Process.ExitAsync().AsTask());

        Assert.Equal(["release"], observer.Told);
        Assert.Equal(0, _bench.Frames.InUse);
        Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => Process.Subscribe(observer)).Error);
    }

    [Fact]
    public void When_a_release_fails_all_memory_is_given_up()
    {
        Populate();
        long before = _bench.Frames.InUse;
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => throw new TimeoutException() });

        Assert.Throws<TimeoutException>(() => _bench.Machine.Run(() => Process.ExitAsync().AsTask()));

        Assert.Equal((before, before), (Process.LeakedFrames, _bench.Frames.InUse));
        Assert.Throws<TimeoutException>(() => _bench.Machine.Run(() => Process.ExitAsync().AsTask()));
    }

    [Fact]
    public void An_observer_that_has_left_is_not_told()
    {
        Populate();
        RecordingObserver observer = new();
        IDisposable observed = Process.Subscribe(observer);
        observed.Dispose();
        observed.Dispose();

        _bench.Machine.Run(() => Process.ExitAsync().AsTask());

        Assert.Empty(observer.Told);
    }

    private ulong WordAt(ulong frame) => Hardware.PhysicalMemoryExtensions.ReadUInt64(_bench.Machine.PhysicalMemory, frame);

    /// <summary>Two pages with 7 in each, and the rights wanted.</summary>
    private ulong[] Populate(MemoryRights rights = MemoryRights.ReadWrite)
    {
        Process.Map(Two.Length, MemoryRights.ReadWrite, Two.Start);
        _bench.Machine.Run(async () =>
        {
            await Process.WriteUInt64Async(Two.Start, 7);
            await Process.WriteUInt64Async(Two.Start + ProcessBench.Page, 7);
            await Process.ProtectAsync(Two, rights);
        });
        return [.. _bench.Tables.Leaves.Values.Select(leaf => leaf.Physical)];
    }
}
