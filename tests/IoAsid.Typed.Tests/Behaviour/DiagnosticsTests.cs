using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Reflection;
using IoAsid.Typed.Diagnostics;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>Statistics, metrics, events, descriptions and texts.</summary>
public sealed class DiagnosticsTests : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Name = $"seen {Guid.NewGuid()}", Capacity = 16, TrackHolders = true });
    private readonly IoAsidSet<SvaBinding> _sva;
    private readonly IoAsidSet<GuestSvaBinding> _vm;

    public DiagnosticsTests()
    {
        _sva = _space.CreateSet<SvaBinding>("sva");
        _vm = _sva.CreateSubset<GuestSvaBinding>("vm", quota: 3);
    }

    [Fact]
    public void Statistics_count_a_set_with_those_below_it()
    {
        Busy();

        Assert.Equal("Live = 1, Pending = 1, Allocated = 3, Reclaimed = 1, Failed = 1, Quota = 3, Lost = 0, Available = 1, IsClosed = False", Text(_vm.GetStatistics()));
        Assert.Equal("Live = 2, Pending = 1, Allocated = 4, Reclaimed = 1, Failed = 1, Quota = , Lost = 0, Available = 11, IsClosed = False", Text(_sva.GetStatistics()));

        static string Text(IoAsidSetStatistics statistics) => statistics.ToString().Replace("IoAsidSetStatistics { ", "", StringComparison.Ordinal).Replace(" }", "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_space_counts_available_and_lost_numbers()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 16, StartGeneration = uint.MaxValue });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("set", quota: 4);
        set.Allocate().Free();
        set.Allocate();

        IoAsidSpaceStatistics statistics = space.GetStatistics();

        Assert.Multiple(
            () => Assert.Equal(14, statistics.Limit),
            () => Assert.Equal(1, statistics.Outstanding),
            () => Assert.Equal(10, statistics.Available),
            () => Assert.Equal(1, statistics.Retired),
            () => Assert.Equal(0, statistics.Quarantined));
    }

    [Fact]
    public void A_debugger_shows_the_ids_the_subsets_and_the_pending_ids_of_a_set()
    {
        IoAsidHandle<GuestSvaBinding> live = _vm.Allocate(new GuestSvaBinding("live"));
        IoAsidHandle<GuestSvaBinding> pending = _vm.Allocate(new GuestSvaBinding("pending"));
        Assert.True(_vm.TryHold(pending.Id, out IoAsidReference<GuestSvaBinding>? reference));
        pending.Free();

        SetDebugView view = Assert.IsType<SetDebugView>(ViewOf(_sva));

        Assert.Equal([live.Id, pending.Id], view.Ids.Select(id => id.Key));
        Assert.Equal([new GuestSvaBinding("live"), null], view.Ids.Select(id => id.Value));
        Assert.Equal([_vm], view.Subsets);
        PendingIdDebugView pendingView = Assert.IsType<PendingIdDebugView>(ViewOf(Assert.Single(view.Pending)));
        Assert.Equal((1U, _vm), (pendingView.References, pendingView.Set));
        Assert.Single(pendingView.Holders);
        reference.Dispose();
    }

    // A debugger finds the view by the attribute.
    private static object ViewOf(object shown) =>
        Activator.CreateInstance(Type.GetType(shown.GetType().GetCustomAttribute<DebuggerTypeProxyAttribute>()!.ProxyTypeName)!, shown)!;

    [Fact]
    public void Roots_of_one_name_are_measured_together()
    {
        _sva.Allocate();
        _space.CreateSet<AuxiliaryDomain>("sva").Allocate();
        List<long> live = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "ioasid.live")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags[0].Value as string == _space.Name)
                live.Add(value);
        });
        listener.Start();

        listener.RecordObservableInstruments();
        Assert.Equal([2], live);
    }

    [Fact]
    public void Metrics_are_tagged_by_space_and_root_only()
    {
        Busy();
        Dictionary<string, long> measured = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "IoAsid.Typed")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags[0].Value as string == _space.Name)
                measured.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Key))} {tags[1].Value}", value);
        });
        listener.Start();

        listener.RecordObservableInstruments();
        Assert.Equal(
            "ioasid.allocated space root sva=4; ioasid.failed space root sva=1; ioasid.live space root sva=2; ioasid.pending space root sva=1; ioasid.reclaimed space root sva=1",
            string.Join("; ", measured.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}")));

        _space.Dispose();
        measured.Clear();
        listener.RecordObservableInstruments();
        Assert.Empty(measured);
    }

    [Fact]
    public void The_event_source_reports_every_edge_failure_and_fault()
    {
        using Listener listener = new(_space.Name);
        _space.Observe(_ => throw new IOException("observer"));
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        handle.Bind().Drain();
        handle.Free();
        _vm.TryAllocate(null, 0, 0, out _, out _);

        Assert.Equal(
            ["Allocated vm 1 0", "Bound vm 1 0", "Unbound vm 1 0", "Freed vm 1 0", "Reclaimed vm 1 0", "AllocationFailed vm RangeExhausted"],
            listener.Lines.Where(line => !line.StartsWith("Fault", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Repeat("Fault ObserverThrew of 1: IOException: observer", 5), listener.Lines.Where(line => line.StartsWith("Fault", StringComparison.Ordinal)));
    }

    [Fact]
    public void DescribePending_lists_the_holders()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        IoAsidBinding binding = handle.Bind("nic");
        handle.Bind("gone").Drain();
        Assert.True(_sva.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));
        using IoAsidHold<GuestSvaBinding> hold = _vm.Hold(handle.Id);
        Assert.Empty(_space.DescribePending());
        handle.Free();

        IoAsidPendingId pending = Assert.Single(_space.DescribePending());
        Assert.Multiple(
            () => Assert.Equal(handle.Id, pending.Id),
            () => Assert.Equal(0u, pending.Generation),
            () => Assert.Equal(_vm, pending.Set),
            () => Assert.Equal(3u, pending.References));
        Assert.Equal([IoAsidHolderKind.Binding, IoAsidHolderKind.Reference, IoAsidHolderKind.Hold], pending.Holders.Select(holder => holder.Kind));
        Assert.Equal(["nic", null, null], pending.Holders.Select(holder => holder.Device));
        Assert.All(pending.Holders, holder =>
        {
            Assert.Equal(Environment.CurrentManagedThreadId, holder.ThreadId);
            Assert.Contains(nameof(DescribePending_lists_the_holders), holder.TakenAt, StringComparison.Ordinal);
            Assert.Contains($"taken by thread {holder.ThreadId} at {typeof(DiagnosticsTests).FullName}.{nameof(DescribePending_lists_the_holders)}", holder.ToString(), StringComparison.Ordinal);
        });
        Assert.StartsWith("Binding for nic taken by", pending.Holders[0].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Reference taken by", pending.Holders[1].ToString(), StringComparison.Ordinal);
        Assert.Equal(pending.Holders.Select(holder => $"  {holder}"), pending.ToString().Split(Environment.NewLine).Skip(1));
        Assert.Equal(4, pending.ToString().Split(Environment.NewLine).Length);

        reference.Dispose();
        hold.Dispose();
        Assert.Equal([IoAsidHolderKind.Binding], Assert.Single(_space.DescribePending()).Holders.Select(holder => holder.Kind));
        binding.Drain();
        Assert.Empty(_space.DescribePending());
    }

    [Fact]
    public void DescribePending_lists_references_without_data()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate();
        Assert.True(_vm.TryHold(handle.Id, out IoAsidReference? reference));
        handle.Free();
        Assert.Equal([IoAsidHolderKind.Reference], Assert.Single(_space.DescribePending()).Holders.Select(holder => holder.Kind));

        reference.Dispose();
        Assert.Empty(_space.DescribePending());
    }

    [Fact]
    public void Without_TrackHolders_a_pending_id_is_described_by_its_count()
    {
        using IoAsidSpace space = new();
        IoAsidHandle<SvaBinding> handle = space.CreateSet<SvaBinding>("sva").Allocate();
        handle.Bind();
        handle.Free();

        Assert.Equal("1 (generation 0) of sva <SvaBinding>: 1 reference(s)", Assert.Single(space.DescribePending()).ToString());
    }

    [Fact]
    public void Each_type_prints_its_name_and_state()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        List<IoAsidEvent> edges = [];
        _vm.Observe(edges.Add);
        handle.Bind();

        Assert.Equal($"{_space.Name}: 1 of 15 ids", _space.ToString());
        Assert.Equal("vm <GuestSvaBinding>", _vm.ToString());
        Assert.Equal("1 (generation 0) of vm <GuestSvaBinding>", handle.ToString());
        Assert.Equal("(default handle)", default(IoAsidHandle<SvaBinding>).ToString());
        Assert.Equal("Found: GuestSvaBinding { Name = a }", _vm.Find(handle.Id).ToString());
        Assert.Equal("NotFound", _vm.Find(new RawIoAsid(9)).ToString());
        Assert.Equal("Bound 1 (generation 0) of vm <GuestSvaBinding>", Assert.Single(edges).ToString());
        handle.Free();
        Assert.EndsWith(", stale", handle.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binding_prints_its_device_and_its_end()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        IoAsidBinding named = handle.Bind("nic");
        IoAsidBinding unnamed = handle.Bind();
        unnamed.Drain();

        Assert.Equal(["binding of 1 (generation 0) to nic", "binding of 1 (generation 0), completed"], [named.ToString(), unnamed.ToString()]);
    }

    [Fact]
    public void A_debugger_shows_count_quota_and_closing_of_a_set()
    {
        _vm.Allocate(new("a"));
        _vm.Close();

        Assert.Equal(["sva <SvaBinding>: 0 ids", "vm <GuestSvaBinding>: 1 ids of 3, closed"], new IoAsidSet[] { _sva, _vm }.Select(Display));

        static object? Display(IoAsidSet set) =>
            typeof(IoAsidSet).GetProperty("DebuggerDisplay", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(set);
    }

    [Fact]
    public void Handles_compare_by_allocation()
    {
        IoAsidHandle<GuestSvaBinding> first = _vm.Allocate(null, 5, 5);
        first.Free();
        IoAsidHandle<GuestSvaBinding> second = _vm.Allocate(null, 5, 5);
        Assert.True(_vm.TryGetHandle(second.Id, out IoAsidHandle<GuestSvaBinding> again));

        Assert.Multiple(
            () => Assert.True(second == again),
            () => Assert.False(second != again),
            () => Assert.False(first == second),
            () => Assert.True(first != second));
        Assert.Equal((true, false), (second.Equals((object)again), second.Equals("5")));
        Assert.Equal(second.GetHashCode(), again.GetHashCode());
    }

    public void Dispose() => _space.Dispose();

    /// <summary>Creates one live, one pending, one reclaimed and one refused id in the set, and one live id in its parent.</summary>
    private void Busy()
    {
        _vm.Allocate(new("live"));
        IoAsidHandle<GuestSvaBinding> pending = _vm.Allocate(new("pending"));
        pending.Bind();
        pending.Free();
        _vm.Allocate(new("reclaimed")).Free();
        _vm.TryAllocate(null, 0, 0, out _, out _);
        _sva.Allocate(new NativeSvaBinding("above"));
    }

    /// <summary>A listener for the events of one space. Tests of other spaces run at the same time.</summary>
    private sealed class Listener : EventListener
    {
        private readonly EventLog _log = new();
        private readonly string _space;

        public Listener(string space)
        {
            _space = space;
            EnableEvents(Diagnostics.IoAsidEventSource.Log, EventLevel.Verbose);
        }

        public IReadOnlyList<string> Lines => _log.Lines;

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.Payload is { Count: > 0 } payload && payload[0] as string == _space)
                _log.Add(string.Create(CultureInfo.InvariantCulture, $"{eventData.EventName} {string.Join(' ', payload.Skip(1))}"));
        }
    }
}
