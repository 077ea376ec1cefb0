using System.Reflection;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.ExtensionDefects;

/// <summary>The defects 1 to 33 that can be read in the Linux extension: this SDK does not have them.</summary>
/// <remarks>
/// Cannot exist here by construction:
/// 3 (capacity is fixed when the space is made; there is no install that could be repeated);
/// 13 (nothing is queued for a later free: the garbage collector frees, and an allocation that fails publishes nothing);
/// 21 (enumeration copies no list: it reads the word of each number, and the race tests run it against writers);
/// 22 (there is no state ACTIVE to assign: whether an id is bound is the count of its bindings);
/// 28 (a group of allocators refers to its first member directly, not by a record that could outlive the member);
/// 29, 30, 31, 32 (there are no control groups: an id is charged to one budget, found through its set, on each thread that may free it);
/// and of 33 the mm pointer, the device node's mode and the advertised width (there is no device node).
/// 34 to 36 are defects of the VT-d driver that uses the allocator, not of the allocator.
/// </remarks>
public sealed class ExtensionDefectTests : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 64, ReservedNumbers = [] });
    private readonly IoAsidSet<SvaBinding> _sva;
    private readonly EventLog _log = new();

    public ExtensionDefectTests()
    {
        _sva = _space.CreateSet<SvaBinding>("sva");
        _space.Observe(_log.Observe);
    }

    private long Available => _space.Pool.Capacity.Available;

    [Fact]
    public void Defect_01_A_freed_set_returns_its_quota_to_the_capacity()
    {
        for (int round = 0; round < 10; round++)
        {
            IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", quota: 60);
            vm.Allocate();
            vm.Close();
            vm.FreeAll();
            Assert.Equal(64, Available);
        }
    }

    [Fact]
    public void Defect_02_Neither_quota_0_nor_no_quota_takes_all_that_is_left()
    {
        IoAsidSet<SvaBinding> none = _sva.CreateSubset<SvaBinding>("none", quota: 0);
        IoAsidSet<SvaBinding> shared = _sva.CreateSubset<SvaBinding>("shared");

        Assert.Equal(64, Available);
        Assert.False(none.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.QuotaExhausted, failure);
        Assert.True(shared.TryAllocate(null, out _, out _));
        _sva.CreateSubset<SvaBinding>("later", quota: 63);
    }

    [Fact]
    public void Defect_04_A_cancelled_reservation_releases_exactly_its_room()
    {
        IoAsidCapacityReservation reservation = _space.ReserveCapacity(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => reservation.Release(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => reservation.Release(long.MaxValue));
        reservation.Release(4);
        Assert.Equal((6, 58), (reservation.Count, Available));
        reservation.Dispose();
        reservation.Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => reservation.Release(1));
        Assert.Equal(64, Available);
    }

    [Fact]
    public void Defect_05_A_reservation_reports_its_room_or_the_free_room()
    {
        Assert.Equal(60, _space.ReserveCapacity(60).Count);
        IoAsidQuotaException refused = Assert.Throws<IoAsidQuotaException>(() => _space.ReserveCapacity(5));
        Assert.Equal((5, 4), (refused.Requested, refused.Available));
    }

    [Fact]
    public void Defect_06_A_closed_set_with_pending_ids_allocates_none()
    {
        IoAsidHandle<SvaBinding> handle = _sva.Allocate();
        handle.Bind();
        _sva.Close();
        handle.Free();

        Assert.False(_sva.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
    }

    [Fact]
    public void Defect_07_The_owners_token_is_kept_alive_and_compared_by_reference()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", owner: new EqualToAll());
        GC.Collect();

        Assert.IsType<EqualToAll>(vm.Owner);
        Assert.False(_sva.TryFindSubset(new EqualToAll(), out IoAsidSet<SvaBinding>? _));
        Assert.True(_sva.TryFindSubset(vm.Owner, out IoAsidSet<SvaBinding>? found));
        Assert.Same(vm, found);
        _sva.CreateSubset<SvaBinding>("another's", owner: new EqualToAll());
    }

    [Fact]
    public void Defect_08_A_set_that_was_found_stays_usable_after_others_close_it()
    {
        object owner = new();
        IoAsidHandle<SvaBinding> handle = _sva.CreateSubset<SvaBinding>("vm", owner).Allocate(new NativeSvaBinding("a"));
        Assert.True(_sva.TryFindSubset(owner, out IoAsidSet<SvaBinding>? found));
        found.Close();

        Assert.True(found.Find(handle.Id).IsFound);
        handle.Free();
        Assert.Equal(IoAsidLookupStatus.NotFound, found.Find(handle.Id).Status);
        Assert.Equal(0, found.GetStatistics().Live);
    }

    [Fact]
    public void Defect_09_The_end_of_an_observer_does_not_free_an_empty_set()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm");
        vm.Observe(_ => { }).Dispose();

        Assert.False(vm.IsClosed);
        Assert.Equal(0u, vm.Allocate().Id.Value);
    }

    [Fact]
    public void Defect_10_Closing_one_set_of_an_owner_keeps_the_owners_observers()
    {
        object owner = new();
        EventLog log = new();
        using IoAsidObserverRegistration registration = _space.ObserveOwner(owner, log.Observe);
        _sva.CreateSubset<SvaBinding>("base", owner).Close();
        _sva.CreateSubset<GuestSvaBinding>("guest", owner).Allocate();

        Assert.Equal(["Allocated 0/0"], log.Lines);
    }

    [Theory]
    [InlineData(0u, 63u, 1u)]
    [InlineData(0u, 0u, 2u)]
    public void Defect_11_and_12_A_failed_allocation_leaves_nothing_charged(uint min, uint max, uint quota)
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", quota: quota);
        vm.Allocate(null, 0, 0);

        SpaceImage.AssertUnchanged(_space, () => Assert.False(vm.TryAllocate(null, min, max, out _, out _)));
    }

    [Fact]
    public void Defect_14_A_failed_allocation_gives_no_handle_that_looks_valid()
    {
        _sva.Close();

        Assert.False(_sva.TryAllocate(null, out IoAsidHandle<SvaBinding> handle, out _));
        Assert.Equal(default, handle);
        Assert.Throws<InvalidOperationException>(() => handle.Id);
    }

    [Fact]
    public void Defect_15_Failed_allocations_have_distinct_reasons()
    {
        IoAsidSet<SvaBinding> quota = _sva.CreateSubset<SvaBinding>("quota", quota: 0);
        IoAsidSet<SvaBinding> closed = _sva.CreateSubset<SvaBinding>("closed");
        closed.Close();
        _sva.Allocate(null, 5, 5);
        List<IoAsidAllocationFailure> reasons = [Reason(quota), Reason(closed), Reason(_sva)];
        _space.ReserveCapacity(63);
        reasons.Add(Reason(_sva));

        Assert.Equal(
            [IoAsidAllocationFailure.QuotaExhausted, IoAsidAllocationFailure.SetClosed, IoAsidAllocationFailure.RangeExhausted, IoAsidAllocationFailure.CapacityExhausted],
            reasons);

        static IoAsidAllocationFailure Reason(IoAsidSet<SvaBinding> set) => set.TryAllocate(null, 5, 5, out _, out IoAsidAllocationFailure failure) ? default : failure;
    }

    [Fact]
    public void Defect_16_and_26_Only_a_handle_changes_an_id()
    {
        IoAsidSet<GuestSvaBinding> vm = _sva.CreateSubset<GuestSvaBinding>("vm");
        IoAsidSet<GuestSvaBinding> stranger = _sva.CreateSubset<GuestSvaBinding>("stranger");
        IoAsidHandle<GuestSvaBinding> handle = vm.Allocate(new("a"));

        Assert.False(stranger.TryGetHandle(handle.Id, out _));
        Assert.False(_sva.TryGetHandle(handle.Id, out _));
        Assert.True(vm.TryGetHandle(handle.Id, out IoAsidHandle<GuestSvaBinding> again));
        Assert.Equal(handle, again);
        Assert.DoesNotContain(
            new[] { typeof(IoAsidSpace), typeof(IoAsidSet), typeof(IoAsidSet<SvaBinding>), typeof(IoAsidReader<SvaBinding>) }.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance)),
            method => method.Name is not ("Find" or "TryFind" or "Hold" or "TryHold" or "Contains" or "TryGetHandle")
                && method.GetParameters().Any(parameter => parameter.ParameterType == typeof(RawIoAsid)));
    }

    [Fact]
    public void Defect_17_The_result_of_a_free_gives_the_state_of_the_number()
    {
        IoAsidHandle<SvaBinding> handle = _sva.Allocate();
        IoAsidBinding binding = handle.Bind();

        Assert.Equal((IoAsidFreeResult.Pending, IoAsidFreeResult.AlreadyFreed), (handle.Free(), handle.Free()));
        binding.Drain();
        Assert.Equal(IoAsidFreeResult.Reclaimed, _sva.Allocate().Free());
    }

    [Fact]
    public void Defect_18_A_release_without_a_free_ends_no_life()
    {
        IoAsidHandle<SvaBinding> handle = _sva.Allocate(new NativeSvaBinding("a"));
        Assert.True(_sva.TryHold(handle.Id, out IoAsidReference<SvaBinding>? mine));
        Assert.True(_sva.TryHold(handle.Id, out IoAsidReference<SvaBinding>? yours));
        mine.Dispose();
        mine.Dispose();
        mine.Dispose();

        Assert.True(_sva.Find(handle.Id).IsFound);
        Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
        yours.Dispose();
        Assert.Equal(["Allocated", "Freed", "Reclaimed"], _log.Kinds);
    }

    [Fact]
    public void Defect_19_An_event_stays_complete_when_an_observer_releases()
    {
        IoAsidHandle<SvaBinding> handle = _sva.Allocate(new NativeSvaBinding("a"));
        handle.AttachPrivateId(new PrivateIoAsid(101));
        Assert.True(_sva.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));
        List<string> told = [];
        _sva.Observe(
            edge =>
            {
                if (edge.Kind == IoAsidEventKind.Freed)
                {
                    reference.Dispose();
                    Thread other = new(() => _sva.TryAllocate(null, out _, out _)) { IsBackground = true };
                    other.Start();
                    told.Add($"no lock is held: {other.Join(TimeSpan.FromSeconds(5))}");
                }
            },
            IoAsidObserverPriority.Cpu);
        _sva.Observe(edge => told.Add($"{edge.Kind} {edge.Id} {edge.PrivateId} {edge.Set.Name}"), IoAsidObserverPriority.Iommu);

        handle.Free();

        Assert.Equal(["Allocated 1  sva", "no lock is held: True", "Freed 0 101 sva", "Reclaimed 0  sva"], told);
    }

    [Fact]
    public void Defect_20_Pending_ids_are_listed_and_no_id_survives_close_and_FreeAll()
    {
        IoAsidHandle<SvaBinding> held = _sva.Allocate(new NativeSvaBinding("held"));
        IoAsidBinding binding = held.Bind();
        _sva.Allocate();
        Thread racer = new(() =>
        {
            while (_sva.TryAllocate(new NativeSvaBinding("racer"), out _, out IoAsidAllocationFailure failure) || failure != IoAsidAllocationFailure.SetClosed)
            {
            }
        });
        racer.Start();

        _sva.Close();
        racer.Join();
        _sva.FreeAll();

        Assert.Equal([held.Id], _sva.Ids);
        Assert.Equal((held.Id, IoAsidLookupStatus.FreePending), _sva.Entries().Select(entry => (entry.Id, entry.Lookup.Status)).Single());
        Assert.Equal(held.Id, Assert.Single(_space.DescribePending()).Id);
        binding.Drain();
        Assert.Empty(_sva.Ids);
    }

    [Fact]
    public void Defect_23_Lookup_and_hold_speak_one_vocabulary_about_a_pending_id()
    {
        IoAsidHandle<SvaBinding> handle = _sva.Allocate(new NativeSvaBinding("a"));
        handle.Bind();
        handle.Free();

        Assert.Equal(IoAsidLookupStatus.FreePending, _sva.Find(handle.Id).Status);
        Assert.Equal(IoAsidLookupStatus.FreePending, _sva.Hold(handle.Id).Status);
        Assert.False(_sva.TryFind(handle.Id, out _));
        Assert.False(_sva.TryHold(handle.Id, out IoAsidReference<SvaBinding>? _));
    }

    [Fact]
    public void Defect_24_A_private_id_leads_to_a_live_id_of_its_own_set()
    {
        IoAsidSet<SvaBinding> other = _sva.CreateSubset<SvaBinding>("other");
        IoAsidHandle<SvaBinding> mine = _sva.Allocate(new NativeSvaBinding("mine"));
        mine.AttachPrivateId(new PrivateIoAsid(101));
        IoAsidHandle<SvaBinding> yours = other.Allocate(new NativeSvaBinding("yours"));
        yours.AttachPrivateId(new PrivateIoAsid(101));

        Assert.True(_sva.TryHold(new PrivateIoAsid(101), out IoAsidReference<SvaBinding>? reference));
        Assert.Equal(mine.Id, reference.Id);
        mine.Free();
        Assert.False(_sva.TryHold(new PrivateIoAsid(101), out IoAsidReference? _));
        Assert.False(_sva.TryResolve(new PrivateIoAsid(101), out _));
        Assert.True(other.TryResolve(new PrivateIoAsid(101), out RawIoAsid resolved));
        Assert.Equal(yours.Id, resolved);
    }

    [Fact]
    public void Defect_25_A_private_id_is_neither_overwritten_nor_duplicated()
    {
        IoAsidHandle<SvaBinding> first = _sva.Allocate();
        IoAsidHandle<SvaBinding> second = _sva.Allocate();
        first.AttachPrivateId(new PrivateIoAsid(101));

        SpaceImage.AssertUnchanged(_space, () =>
        {
            Assert.Contains("has the private id 101 already", Assert.Throws<InvalidOperationException>(() => first.AttachPrivateId(new PrivateIoAsid(102))).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>("privateId", () => second.AttachPrivateId(new PrivateIoAsid(101)));
        });
        Assert.Equal(["Allocated", "Allocated"], _log.Kinds);
    }

    [Fact]
    public void Defect_27_A_second_registration_of_an_allocator_is_refused()
    {
        ScriptedAllocator first = new() { OnAllocate = (_, _) => 40 };
        ScriptedAllocator second = new() { OnAllocate = (_, _) => 50 };
        _space.RegisterAllocator(first);
        Assert.Throws<ArgumentException>(() => _space.RegisterAllocator(first));
        _space.RegisterAllocator(second);
        Assert.Throws<ArgumentException>(() => _space.RegisterAllocator(second));

        _sva.Allocate().Free();
        _space.UnregisterAllocator(first);
        _sva.Allocate().Free();
        _space.UnregisterAllocator(second);
        _sva.Allocate().Free();
        Assert.Equal(["allocate 0..63", "free 40"], first.Calls);
        Assert.Equal(["allocate 0..63", "free 50"], second.Calls);
    }

    [Fact]
    public void Defect_33_An_owner_that_closes_its_set_can_have_a_new_one_at_once()
    {
        object owner = new();
        for (int round = 0; round < 3; round++)
        {
            IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", owner, quota: 20);
            vm.Allocate().Bind();
            vm.Close();
            vm.FreeAll();
        }

        Assert.Equal(3, _sva.GetStatistics().Pending);
    }

    public void Dispose() => _space.Dispose();

    /// <summary>An owner that claims to equal every other object.</summary>
    private sealed class EqualToAll
    {
        public override bool Equals(object? obj) => true;

        public override int GetHashCode() => 0;
    }
}
