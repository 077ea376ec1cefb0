using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>A failed free of a custom allocator costs one number and nothing else. A fault is raised where its handler can call the SDK.</summary>
public sealed class CustomAllocatorFaultTests : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 16 });
    private readonly List<string> _faults = [];
    private readonly ScriptedAllocator _allocator = new();
    private readonly IoAsidSet<SvaBinding> _set;

    public CustomAllocatorFaultTests()
    {
        _space.Faulted += (_, fault) => _faults.Add(fault.ToString());
        _space.RegisterAllocator(_allocator);
        _set = _space.CreateSet<SvaBinding>("sva", quota: 4);
    }

    [Fact]
    public void A_number_whose_free_throws_is_quarantined_and_reported()
    {
        _allocator.OnFree = _ => throw new IOException("lost");
        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"), 5, 9);

        Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());

        Assert.Equal(["NumberQuarantined of 5: IOException: lost"], _faults);
        Assert.Equal((1L, 0L), (_space.Pool.Quarantined, _space.Pool.Outstanding));
        Assert.Equal(4, _set.GetStatistics().Available);
        Assert.Equal(14, _space.Pool.Capacity.Limit);
        Assert.Equal(["allocate 5..9", "free 5"], _allocator.Calls);
        Assert.False(_set.TryAllocate(null, 5, 5, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.AllocatorFailed, failure);
    }

    [Theory]
    [InlineData("quarantined")]
    [InlineData("reserved")]
    public void A_number_out_of_use_stays_with_the_space_and_its_allocator_continues(string kind)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 16, ReservedNumbers = kind == "reserved" ? [0, 1] : [0] });
        if (kind == "quarantined")
            Quarantine(space, number: 1);

        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        SortedSet<uint> free = [.. Enumerable.Range(1, 15).Select(number => (uint)number)];
        space.RegisterAllocator(IoAsidNumberAllocator.Create((_, _) => free.Min is var lowest && free.Remove(lowest) ? lowest : null, number => free.Add(number)));

        Assert.False(set.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.AllocatorFailed, failure);
        long available = set.GetStatistics().Available;
        for (long id = 0; id < available; id++)
            set.Allocate();

        Assert.Equal(14, available);
    }

    [Fact]
    public void A_custom_free_runs_once_and_only_at_the_reclaim()
    {
        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"), 5, 9);
        Assert.True(_set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));

        Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
        Assert.Equal(["allocate 5..9"], _allocator.Calls);
        reference.Dispose();
        reference.Dispose();
        Assert.Equal(["allocate 5..9", "free 5"], _allocator.Calls);
    }

    [Fact]
    public void A_custom_free_that_allocates_from_the_space_it_serves_is_refused()
    {
        _allocator.OnFree = _ => _set.Allocate();

        Assert.Equal(IoAsidFreeResult.Reclaimed, _set.Allocate(null, 5, 9).Free());
        Assert.Equal(0, _space.Pool.Outstanding);
        Assert.StartsWith("NumberQuarantined of 5: InvalidOperationException: The custom allocator of the space 'ioasid'", Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unusable_number_that_cannot_be_handed_back_keeps_its_state()
    {
        _allocator.OnAllocate = (_, _) => 2;
        _allocator.OnFree = _ => throw new IOException("lost");

        SpaceImage.AssertUnchanged(_space, () => Assert.False(_set.TryAllocate(null, 5, 9, out _, out _)));
        Assert.Equal(["NumberOutOfRange of 2", "HandBackFailed of 2: IOException: lost"], _faults);
    }

    [Fact]
    public void A_number_without_a_life_is_quarantined_if_its_return_fails()
    {
        _allocator.OnAllocate = (min, _) =>
        {
            _set.Close();
            return min;
        };
        _allocator.OnFree = _ => throw new IOException("lost");

        Assert.False(_set.TryAllocate(null, 5, 9, out _, out IoAsidAllocationFailure failure));

        Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
        Assert.Equal(["NumberQuarantined of 5: IOException: lost"], _faults);
        Assert.Equal((1L, 0L), (_space.Pool.Quarantined, _space.Pool.Outstanding));
    }

    [Fact]
    public async Task A_wait_for_a_free_whose_custom_allocator_blocks_returns_a_task_at_once()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using ManualResetEventSlim blocked = new();
        using ManualResetEventSlim released = new();
        _allocator.OnFree = _ =>
        {
            blocked.Set();
            released.Wait(cancelled);
        };
        IoAsidHandle<SvaBinding> handle = _set.Allocate(null, 5, 9);
        Thread freeing = new(() => handle.Free());
        freeing.Start();
        blocked.Wait(cancelled);

        Task? end = null;
        Thread waiting = new(() => end = handle.FreeAsync(cancelled));
        waiting.Start();
        bool returned = waiting.Join(TimeSpan.FromSeconds(20));
        released.Set();
        freeing.Join();

        Assert.True(returned);
        await end!;
        Assert.Equal(0, _space.Pool.Outstanding);
    }

    [Fact]
    public void A_refused_allocation_is_never_counted_as_allocated()
    {
        _allocator.OnAllocate = (_, _) =>
        {
            Assert.Equal((0L, 0UL), (_set.GetStatistics().Live, _set.GetStatistics().Allocated));
            return null;
        };

        Assert.False(_set.TryAllocate(null, 5, 9, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.AllocatorRefused, failure);
    }

    [Fact]
    public void An_id_is_pending_while_a_custom_free_blocks()
    {
        IoAsidSet<SvaBinding> other = _space.CreateSet<SvaBinding>("other");
        IoAsidHandle<SvaBinding> handle = _set.Allocate(null, 5, 9);
        List<IoAsidLookupStatus> seen = [];
        _allocator.OnFree = number => seen.AddRange([_set.Find(new RawIoAsid(number)).Status, other.Find(new RawIoAsid(number)).Status]);

        handle.Free();

        Assert.Equal([IoAsidLookupStatus.FreePending, IoAsidLookupStatus.OtherSet], seen);
    }

    [Fact]
    public void A_throwing_handler_of_faults_does_not_stop_the_next_one()
    {
        bool told = false;
        _space.Faulted += (_, _) => throw new InvalidOperationException("handler");
        _space.Faulted += (_, _) => told = true;
        _allocator.OnFree = _ => throw new IOException("lost");

        _set.Allocate(null, 5, 9).Free();

        Assert.True(told);
    }

    [Fact]
    public void A_throwing_handler_of_faults_makes_no_second_fault()
    {
        _space.Faulted += (_, _) => throw new InvalidOperationException("handler");
        _allocator.OnFree = _ => throw new IOException("lost");

        Assert.Equal(IoAsidFreeResult.Reclaimed, _set.Allocate(null, 5, 9).Free());
        Assert.Single(_faults);
    }

    [Theory]
    [InlineData("allocate throws")]
    [InlineData("number out of range")]
    [InlineData("free throws")]
    public void A_fault_is_reported_outside_every_lock(string misbehaviour)
    {
        bool allocated = false;
        _space.Faulted += (_, _) =>
        {
            _allocator.OnAllocate = (min, _) => min;
            Thread other = new(() => _set.TryAllocate(null, 8, 8, out _, out _)) { IsBackground = true };
            other.Start();
            allocated = other.Join(TimeSpan.FromSeconds(5));
        };
        _allocator.OnFree = number => _ = misbehaviour == "free throws" ? throw new IOException("lost") : number;
        _allocator.OnAllocate = (min, _) => misbehaviour == "allocate throws" ? throw new IOException("no") : misbehaviour == "number out of range" ? 2 : min;

        if (_set.TryAllocate(null, 5, 5, out IoAsidHandle<SvaBinding> handle, out _))
            handle.Free();

        Assert.True(allocated);
    }

    [Fact]
    public void Throwing_observers_are_reported_and_stop_no_other()
    {
        EventLog log = new();
        _set.Observe(_ => throw new IOException("first"), IoAsidObserverPriority.Cpu);
        _set.Observe(log.Observe);

        Assert.Equal(IoAsidFreeResult.Reclaimed, _set.Allocate(null, 5, 5).Free());

        Assert.Equal(["Allocated 5/0", "Freed 5/0", "Reclaimed 5/0"], log.Lines);
        Assert.Equal(Enumerable.Repeat("ObserverThrew of 5: IOException: first", 3), _faults);
    }

    [Theory]
    [InlineData(true, "Register the first custom allocator while no id is allocated: the space 'ioasid' has 1 from another source")]
    [InlineData(false, "Unregister the last allocator of its number space while no id is allocated: the space 'ioasid' has 1 from another source")]
    public void The_source_of_numbers_cannot_change_while_ids_are_outstanding(bool first, string message)
    {
        if (first)
            _space.UnregisterAllocator(_allocator);

        IoAsidHandle<SvaBinding> handle = _set.Allocate(null, 5, 5);
        IoAsidBinding binding = handle.Bind();
        handle.Free();

        SpaceImage.AssertUnchanged(_space, () =>
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(Change).Message, StringComparison.Ordinal));
        binding.Drain();
        Change();

        void Change()
        {
            if (first)
                _space.RegisterAllocator(_allocator);
            else
                _space.UnregisterAllocator(_allocator);
        }
    }

    [Fact]
    public void A_quota_or_reservation_beyond_the_room_reports_both_numbers()
    {
        SpaceImage.AssertUnchanged(_space, () =>
        {
            IoAsidQuotaException[] refused =
            [
                Assert.Throws<IoAsidQuotaException>(() => _space.CreateSet<SvaBinding>("large", quota: 12)),
                Assert.Throws<IoAsidQuotaException>(() => _set.CreateSubset<SvaBinding>("large", quota: 5)),
                Assert.Throws<IoAsidQuotaException>(() => _space.ReserveCapacity(12)),
            ];
            Assert.Equal([(12L, 11L), (5, 4), (12, 11)], refused.Select(quota => (quota.Requested, quota.Available)));
            Assert.All(refused, quota => Assert.Contains($"requests {quota.Requested} ids and {quota.Available} are free", quota.Message, StringComparison.Ordinal));
        });
    }

    public void Dispose() => _space.Dispose();

    /// <summary>Quarantines a number by an allocator whose free throws.</summary>
    private static void Quarantine(IoAsidSpace space, uint number)
    {
        IoAsidNumberAllocator failing = IoAsidNumberAllocator.Create((_, _) => number, _ => throw new IOException("lost"));
        space.RegisterAllocator(failing);
        space.CreateSet<SvaBinding>("failing").Allocate().Free();
        space.UnregisterAllocator(failing);
    }
}
