using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>The receivers, the order and the threads of notifications.</summary>
public sealed class ObserverTests : IDisposable
{
    private readonly IoAsidSpace _space = new();
    private readonly IoAsidSet<SvaBinding> _sva;
    private readonly EventLog _log = new();
    private readonly object _owner = new();

    public ObserverTests() => _sva = _space.CreateSet<SvaBinding>("sva");

    [Fact]
    public void Observers_are_notified_by_priority_then_distance_then_registration()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm");
        (string Name, Func<Action<IoAsidEvent>, IoAsidObserverPriority, IoAsidObserverRegistration> Observe)[] scopes =
            [("space", _space.Observe), ("root", _sva.Observe), ("set", vm.Observe)];
        foreach (IoAsidObserverPriority priority in Enum.GetValues<IoAsidObserverPriority>().Reverse())
        {
            foreach ((string name, Func<Action<IoAsidEvent>, IoAsidObserverPriority, IoAsidObserverRegistration> observe) in scopes)
            {
                Assert.Equal(priority, observe(_log.As($"{priority} {name} 1"), priority).Priority);
                observe(_log.As($"{priority} {name} 2"), priority);
            }
        }

        vm.Allocate();

        Assert.Equal(
            from priority in new[] { "Cpu", "Device", "Iommu", "Last" }
            from scope in new[] { "set", "root", "space" }
            from registration in new[] { 1, 2 }
            select $"Allocated {priority} {scope} {registration}",
            _log.Lines);
    }

    [Fact]
    public void An_observer_is_notified_of_its_subtree_only()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm");
        IoAsidSet<SvaBinding> sibling = _sva.CreateSubset<SvaBinding>("sibling");
        vm.Observe(_log.Observe);

        sibling.Allocate();
        _sva.Allocate();
        Assert.Empty(_log.Lines);
        vm.CreateSubset<SvaBinding>("below").Allocate();
        Assert.Equal(["Allocated 3/0"], _log.Lines);
    }

    [Fact]
    public void An_owner_can_be_observed_before_it_has_a_set_and_through_all_its_sets()
    {
        IoAsidObserverRegistration registration = _space.ObserveOwner(_owner, _log.Observe, IoAsidObserverPriority.Cpu);
        _sva.Allocate();
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", _owner);
        vm.Allocate();
        vm.CreateSubset<SvaBinding>("inherits").Allocate();
        _space.CreateSet<AuxiliaryDomain>("aux", _owner).Allocate();
        registration.Dispose();
        registration.Dispose();
        vm.Allocate();

        Assert.Equal(["Allocated 2/0", "Allocated 3/0", "Allocated 4/0"], _log.Lines);
    }

    [Fact]
    public void An_owner_whose_token_is_a_set_or_the_space_is_observed_as_an_owner()
    {
        _space.ObserveOwner(_space, _log.Observe);
        _space.ObserveOwner(_sva, _log.Observe);
        _sva.Allocate();
        _sva.CreateSubset<SvaBinding>("owned by the set", _sva).Allocate();

        Assert.Equal(["Allocated 2/0"], _log.Lines);
    }

    [Fact]
    public void The_events_of_a_number_are_in_order_across_its_lives()
    {
        _space.Observe(_log.Observe);
        for (int life = 0; life < 2; life++)
        {
            IoAsidHandle<SvaBinding> handle = _sva.Allocate(null, 5, 5);
            handle.Bind().Drain();
            IoAsidBinding last = handle.Bind();
            handle.Free();
            last.Drain();
        }

        string[] kinds = ["Allocated", "Bound", "Unbound", "Bound", "Freed", "Reclaimed"];
        Assert.Equal(from life in new[] { 0, 1 } from kind in kinds select $"{kind} 5/{life}", _log.Lines);
    }

    [Fact]
    public void Allocated_precedes_the_return_and_Reclaimed_the_reuse()
    {
        IoAsidHandle<SvaBinding> returned = default;
        _sva.Observe(edge =>
        {
            _log.Add($"{edge.Kind} returned {returned != default} found {_sva.Find(edge.Id).IsFound} takeable {_space.Pool.IsTaken(edge.Id.Value) == false}");
        });

        returned = _sva.Allocate(new NativeSvaBinding("a"));
        returned.Free();

        Assert.Equal(
            ["Allocated returned False found True takeable False", "Freed returned True found False takeable False", "Reclaimed returned True found False takeable False"],
            _log.Lines);
    }

    [Fact]
    public void A_nested_calls_events_follow_the_current_one()
    {
        IoAsidHandle<SvaBinding> nested = default;
        _sva.Observe(
            edge =>
            {
                if (edge.Kind == IoAsidEventKind.Allocated && edge.Id.Value == 1)
                {
                    nested = _sva.Allocate(null, 2, 2);
                    Assert.Equal(IoAsidFreeResult.Pending, nested.Free());
                }
            },
            IoAsidObserverPriority.Cpu);
        _sva.Observe(_log.Observe);

        _sva.Allocate(null, 1, 1);

        Assert.Equal(["Allocated 1/0", "Allocated 2/0", "Freed 2/0", "Reclaimed 2/0"], _log.Lines);
        Assert.Equal(1u, _sva.Allocate(null, 2, 2).Generation);
    }

    [Fact]
    public void An_id_can_be_freed_by_the_observer_of_its_own_allocation()
    {
        _sva.Observe(edge =>
        {
            if (edge.Kind == IoAsidEventKind.Allocated && _sva.TryGetHandle(edge.Id, out IoAsidHandle<SvaBinding> handle))
                handle.Free();
        });
        _sva.Observe(_log.Observe);

        Assert.True(_sva.Allocate(new NativeSvaBinding("a")).IsStale);
        Assert.Equal(["Allocated", "Freed", "Reclaimed"], _log.Kinds);
    }

    [Fact]
    public void An_edge_during_a_notification_is_reported_by_the_notifying_thread()
    {
        List<int> threads = [];
        IoAsidHandle<SvaBinding> handle = _sva.Allocate(new NativeSvaBinding("a"));
        _sva.Observe(edge =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            if (edge.Kind == IoAsidEventKind.Bound)
            {
                Thread other = new(() => _log.Add($"freed {handle.Free()}"));
                other.Start();
                other.Join();
            }

            _log.Observe(edge);
        });

        handle.Bind().Drain();

        Assert.Equal(["freed Pending", "Bound 1/0", "Freed 1/0", "Reclaimed 1/0"], _log.Lines);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public void An_observer_may_unregister_itself_and_later_ones()
    {
        IoAsidObserverRegistration? later = null;
        IoAsidObserverRegistration? self = null;
        self = _sva.Observe(
            edge =>
            {
                _log.Observe(edge);
                self!.Dispose();
                later!.Dispose();
            },
            IoAsidObserverPriority.Cpu);
        later = _sva.Observe(_log.As("later"));

        _sva.Allocate().Free();

        Assert.Equal(["Allocated 1/0"], _log.Lines);
    }

    [Fact]
    public void An_observer_of_a_started_life_is_notified_of_its_rest()
    {
        IoAsidHandle<SvaBinding> handle = _sva.Allocate();
        IoAsidBinding binding = handle.Bind();
        _sva.Observe(_log.Observe);
        binding.Drain();
        handle.Free();

        Assert.Equal(["Unbound", "Freed", "Reclaimed"], _log.Kinds);
    }

    [Fact]
    public void A_space_without_observers_reports_no_events()
    {
        IoAsidObserverRegistration[] registrations = [_space.Observe(_ => { }), _space.Observe(_ => { })];
        registrations[1].Dispose();
        Assert.False(_space.Observers.IsEmpty);
        registrations[0].Dispose();
        registrations[0].Dispose();
        Assert.True(_space.Observers.IsEmpty);
    }

    public void Dispose() => _space.Dispose();
}
