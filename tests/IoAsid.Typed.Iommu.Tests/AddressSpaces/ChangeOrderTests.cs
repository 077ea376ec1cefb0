namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A change updates the entries, then notifies the observers, and only then is memory used again.</summary>
public sealed class ChangeOrderTests
{
    private static readonly AddressRange Two = new(ProcessFixture.Base, 2 * ProcessFixture.Page);

    private readonly ProcessFixture _fixture = new();

    private ProcessAddressSpace Process => _fixture.Process;

    [Fact]
    public void Observers_are_notified_after_the_entries_and_before_the_reuse()
    {
        ulong[] old = Populate();
        List<ulong> allocated = [];
        RecordingObserver observer = new() { OnCall = AllocateFrames };
        using IDisposable observed = Process.Subscribe(observer);

        _fixture.Machine.Run(() => Process.UnmapAsync(Two).AsTask());

        Assert.Equal([$"invalidate {Two}"], observer.Calls);
        Assert.Empty(allocated.Intersect(old));
        Assert.Equal(old[0], _fixture.Frames.Allocate());

        void AllocateFrames(AddressRange range)
        {
            Assert.Empty(_fixture.Tables.Leaves);
            for (int count = 0; count < 100; count++)
                allocated.Add(_fixture.Frames.Allocate());
        }
    }

    [Fact]
    public void Faults_during_an_invalidation_are_served_from_the_new_state()
    {
        Populate();
        Process.Map(ProcessFixture.Page, MemoryRights.Read, ProcessFixture.Base + 0x10_0000);
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _fixture.Machine.Run(async () =>
        {
            Task unmapping = Process.UnmapAsync(AddressRange.PageOf(Two.Start)).AsTask();
            Task protection = Process.ProtectAsync(AddressRange.PageOf(Two.Last), MemoryRights.Read).AsTask();

            Assert.Equal(PageFaultOutcome.Handled, _fixture.Fault(ProcessFixture.Base + 0x10_0000));
            Assert.Equal(PageFaultOutcome.NoArea, _fixture.Fault(Two.Start));
            Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => Process.Map(ProcessFixture.Page, MemoryRights.Read, Two.Start)).Error);
            Assert.True(_fixture.LeafOf(Two.Last).Has(RawTables.Writable), "The second change began before the first one was complete.");

            gate.SetResult();
            await unmapping;
            await protection;
        });
        Assert.False(_fixture.LeafOf(Two.Last).Has(RawTables.Writable));
        Process.Map(ProcessFixture.Page, MemoryRights.Read, Two.Start);
    }

    [Theory]
    [InlineData(MemoryRights.ReadWrite, MemoryRights.Read, true)]
    [InlineData(MemoryRights.ReadWrite, MemoryRights.None, true)]
    [InlineData(MemoryRights.Read, MemoryRights.ReadWrite, false)]
    [InlineData(MemoryRights.None, MemoryRights.ReadWrite, false)]
    [InlineData(MemoryRights.Read, MemoryRights.Read, false)]
    public void Only_a_removal_of_rights_needs_an_invalidation(MemoryRights from, MemoryRights to, bool isNotified)
    {
        Populate(from);
        RecordingObserver observer = new();
        using IDisposable observed = Process.Subscribe(observer);

        _fixture.Machine.Run(() => Process.ProtectAsync(Two, to).AsTask());

        Assert.Equal(isNotified ? [$"invalidate {Two}"] : [], observer.Calls);
    }

    [Theory]
    [InlineData(0, 4, false)]
    [InlineData(0, 2, true)]
    [InlineData(3, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 2, false)]
    [InlineData(5, 1, false)]
    public void Rights_change_only_if_the_whole_range_is_mapped(int first, int pages, bool isMapped)
    {
        // Two neighbouring areas with different rights, a hole, and a third area.
        Map(0, MemoryRights.Read);
        Map(1, MemoryRights.ReadWrite);
        Map(3, MemoryRights.Read);
        AddressRange range = new(PageAt(first), (ulong)pages * ProcessFixture.Page);
        Exception? refusal = Record.Exception(() => Synchronous.Complete(Process.ProtectAsync(range, MemoryRights.ReadWrite)));
        Assert.Equal(isMapped, refusal is null);
        Assert.Equal(isMapped ? null : IommuError.NotFound, (refusal as IommuException)?.Error);

        void Map(int page, MemoryRights rights) => Process.Map(ProcessFixture.Page, rights, PageAt(page));
        ulong PageAt(int page) => ProcessFixture.Base + (ulong)page * ProcessFixture.Page;
    }

    [Fact]
    public void Areas_are_joined_when_their_attributes_are_equal_again()
    {
        Populate();
        AddressRange first = AddressRange.PageOf(Two.Start);
        _fixture.Machine.Run(async () =>
        {
            await Process.ProtectAsync(first, MemoryRights.Read);
            Assert.Equal(2, Process.Areas.Count);
            await Process.ProtectAsync(first, MemoryRights.ReadWrite);
        });
        Assert.Equal(Two, Assert.Single(Process.Areas).Range);
    }

    [Fact]
    public void Areas_with_a_hole_between_them_are_not_joined()
    {
        Process.Map(3 * ProcessFixture.Page, MemoryRights.ReadWrite, Two.Start);
        AddressRange third = new(Two.Start + Two.Length, ProcessFixture.Page);
        _fixture.Machine.Run(async () =>
        {
            await Process.UnmapAsync(new AddressRange(Two.Start + ProcessFixture.Page, ProcessFixture.Page));
            await Process.ProtectAsync(third, MemoryRights.Read);
            await Process.ProtectAsync(third, MemoryRights.ReadWrite);
        });
        Assert.Equal([AddressRange.PageOf(Two.Start), third], Process.Areas.Select(area => area.Range));
    }

    [Fact]
    public void Areas_of_different_sources_are_not_joined()
    {
        GatedSource source = new();
        Process.Map(ProcessFixture.Page, MemoryRights.ReadWrite, Two.Start);
        AddressRange second = Process.Map(ProcessFixture.Page, MemoryRights.ReadWrite, Two.Start + ProcessFixture.Page, source).Range;
        _fixture.Machine.Run(async () =>
        {
            await Process.ProtectAsync(second, MemoryRights.Read);
            await Process.ProtectAsync(second, MemoryRights.ReadWrite);
        });
        Assert.Equal([null, source], Process.Areas.Select(area => area.Source));
    }

    [Fact]
    public void A_range_is_not_chosen_while_its_unmapping_is_pending()
    {
        AddressRange unmapped = Process.Map(ProcessFixture.Page, MemoryRights.Read).Range;
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _fixture.Machine.Run(async () =>
        {
            Task unmapping = Process.UnmapAsync(unmapped).AsTask();
            Assert.Equal(unmapped.Start + unmapped.Length, Process.Map(ProcessFixture.Page, MemoryRights.Read).Range.Start);
            gate.SetResult();
            await unmapping;
        });
        Assert.Equal(unmapped, Process.Map(ProcessFixture.Page, MemoryRights.Read).Range);
    }

    [Fact]
    public void A_change_waits_until_the_previous_one_is_invalidated()
    {
        Populate();
        TaskCompletionSource gate = new();
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => gate.Task });
        _fixture.Machine.Run(async () =>
        {
            Task protection = Process.ProtectAsync(AddressRange.PageOf(Two.Start), MemoryRights.Read).AsTask();
            Task unmapping = Process.UnmapAsync(AddressRange.PageOf(Two.Last)).AsTask();
            Assert.Equal(2, _fixture.Tables.Leaves.Count);
            gate.SetResult();
            await protection;
            await unmapping;
        });
        Assert.Single(_fixture.Tables.Leaves);
    }

    [Fact]
    public void Failures_of_several_observers_are_all_reported()
    {
        Populate();
        using IDisposable one = Process.Subscribe(new RecordingObserver { Wait = () => throw new TimeoutException() });
        using IDisposable two = Process.Subscribe(new RecordingObserver { Wait = () => throw new IOException() });

        AggregateException failure = Assert.Throws<AggregateException>(() => _fixture.Machine.Run(() => Process.UnmapAsync(Two).AsTask()));

        Assert.Equal([typeof(TimeoutException), typeof(IOException)], failure.InnerExceptions.Select(inner => inner.GetType()));
    }

    [Fact]
    public void Memory_is_lost_and_others_are_notified_when_an_observer_fails()
    {
        Populate();
        long before = _fixture.Frames.InUse;
        RecordingObserver failing = new() { Wait = () => throw new TimeoutException("The device does not respond.") };
        RecordingObserver other = new();
        using IDisposable one = Process.Subscribe(failing);
        using IDisposable two = Process.Subscribe(other);

        Assert.Throws<TimeoutException>(() => _fixture.Machine.Run(() => Process.UnmapAsync(Two).AsTask()));

        // Two pages and the three tables of these pages.
        Assert.Equal((5L, before), (Process.LeakedFrames, _fixture.Frames.InUse));
        Assert.Equal(0, Process.ResidentPages);
        Assert.Single(other.Calls);

        failing.Wait = null;
        _fixture.Machine.Run(() => Process.ExitAsync().AsTask());
        Assert.Equal(5, _fixture.Frames.InUse);
    }

    [Fact]
    public void Exit_releases_observers_once_before_pages_and_tables_are_freed()
    {
        ulong[] old = Populate();
        RecordingObserver observer = new() { OnCall = _ => Assert.All(old, frame => Assert.Equal(7UL, WordAt(frame))) };
        using IDisposable observed = Process.Subscribe(observer);

        _fixture.Machine.Run(() => Process.ExitAsync().AsTask());

        Assert.Equal(["release"], observer.Calls);
        Assert.Equal(0, _fixture.Frames.InUse);
        Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => Process.Subscribe(observer)).Error);
    }

    [Fact]
    public void All_memory_is_lost_when_a_release_fails()
    {
        Populate();
        long before = _fixture.Frames.InUse;
        using IDisposable observed = Process.Subscribe(new RecordingObserver { Wait = () => throw new TimeoutException() });

        Assert.Throws<TimeoutException>(() => _fixture.Machine.Run(() => Process.ExitAsync().AsTask()));

        Assert.Equal((before, before), (Process.LeakedFrames, _fixture.Frames.InUse));
        Assert.Throws<TimeoutException>(() => _fixture.Machine.Run(() => Process.ExitAsync().AsTask()));
    }

    [Fact]
    public void An_observer_is_not_notified_after_its_unsubscription()
    {
        Populate();
        RecordingObserver observer = new();
        IDisposable observed = Process.Subscribe(observer);
        observed.Dispose();
        observed.Dispose();

        _fixture.Machine.Run(() => Process.ExitAsync().AsTask());

        Assert.Empty(observer.Calls);
    }

    private ulong WordAt(ulong frame) => Hardware.PhysicalMemoryExtensions.ReadUInt64(_fixture.Machine.PhysicalMemory, frame);

    /// <summary>Maps two pages with the value 7 and the given rights, and returns their frames.</summary>
    private ulong[] Populate(MemoryRights rights = MemoryRights.ReadWrite)
    {
        Process.Map(Two.Length, MemoryRights.ReadWrite, Two.Start);
        _fixture.Machine.Run(async () =>
        {
            await Process.WriteUInt64Async(Two.Start, 7);
            await Process.WriteUInt64Async(Two.Start + ProcessFixture.Page, 7);
            await Process.ProtectAsync(Two, rights);
        });
        return [.. _fixture.Tables.Leaves.Values.Select(leaf => leaf.Physical)];
    }
}
