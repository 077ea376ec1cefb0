using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>The choice of numbers by allocations, and their reuse.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(IoAsidReusePolicy.Lowest, false, "1 2 3 | -2 | 2 4 | -1 -3 | 1 3 5")]
    [InlineData(IoAsidReusePolicy.Lowest, true, "1 2 3 | -2 | 2 4 | -1 -3 | 1 3 5")]
    [InlineData(IoAsidReusePolicy.Cyclic, false, "1 2 3 | -2 | 4 5 | -1 -3 | 6 7 1 2 3")]
    public void The_policy_decides_which_free_number_is_taken(IoAsidReusePolicy policy, bool watched, string script)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 8, ReusePolicy = policy });
        using IoAsidObserverRegistration? watch = watched ? space.Observe(_ => { }) : null;
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");

        foreach (int step in script.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(step => step != "|").Select(int.Parse))
        {
            if (step > 0)
            {
                Assert.Equal((uint)step, set.Allocate().Id.Value);
            }
            else
            {
                Assert.True(set.TryGetHandle(new RawIoAsid((uint)-step), out IoAsidHandle<SvaBinding> handle));
                handle.Free();
            }
        }
    }

    [Theory]
    [InlineData(3, 5, "3 4 5 3")]
    [InlineData(6, 7, "6 7 6 7")]
    [InlineData(5, 5, "5 5 5")]
    public void Cyclic_allocation_wraps_round_within_the_requested_range(uint min, uint max, string numbers)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 8, ReusePolicy = IoAsidReusePolicy.Cyclic });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");

        Assert.All(numbers.Split(' '), number =>
        {
            IoAsidHandle<SvaBinding> handle = set.Allocate(null, min, max);
            Assert.Equal(uint.Parse(number), handle.Id.Value);
            handle.Free();
        });
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(2L)]
    [InlineData(64L)]
    [InlineData(65L)]
    [InlineData(4096L)]
    [InlineData(1L << 20)]
    [InlineData((1L << 30) + 1)]
    [InlineData(1L << 32)]
    public void Every_capacity_has_its_last_number_once_and_nothing_beyond(long capacity)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = capacity, ReservedNumbers = [] });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        uint last = (uint)(capacity - 1);

        IoAsidHandle<SvaBinding> handle = set.Allocate(new NativeSvaBinding("last"), last, last);
        Assert.Equal((last, capacity), (handle.Id.Value, space.Capacity));
        Assert.False(set.TryAllocate(null, last, last, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(capacity == 1 ? IoAsidAllocationFailure.CapacityExhausted : IoAsidAllocationFailure.RangeExhausted, failure);
        Assert.True(set.Find(handle.Id).IsFound);
        Assert.Equal([handle.Id], set.Ids);
        if (last < uint.MaxValue)
        {
            Assert.Equal(IoAsidLookupStatus.NotFound, set.Find(new RawIoAsid(last + 1)).Status);
            Assert.Throws<ArgumentOutOfRangeException>("max", () => set.Allocate(null, 0, last + 1));
        }

        handle.Free();
        Assert.Equal(last, set.Allocate(null, last, last).Id.Value);
    }

    [Fact]
    public void Every_number_of_a_space_is_allocated_once()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 5000, ReservedNumbers = [0, 63, 64, 4095, 4999, 5000, uint.MaxValue] });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");

        List<uint> given = [];
        while (set.TryAllocate(null, out IoAsidHandle<SvaBinding> handle, out _))
            given.Add(handle.Id.Value);

        Assert.Equal(Enumerable.Range(0, 5000).Select(number => (uint)number).Except([0u, 63u, 64u, 4095u, 4999u]), given);
    }

    [Fact]
    public void Sets_of_a_space_with_relaxed_order_take_64_numbers_at_once()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { ReusePolicy = IoAsidReusePolicy.Relaxed, ReservedNumbers = [] });
        IoAsidSet<SvaBinding> one = space.CreateSet<SvaBinding>("one");
        IoAsidSet<SvaBinding> other = space.CreateSet<SvaBinding>("other");
        uint[] given = [.. Enumerable.Range(0, 200).Select(turn => (turn % 2 == 0 ? one : other).Allocate().Id.Value)];

        Assert.Equal(Enumerable.Range(0, 64).Concat(Enumerable.Range(128, 36)), given.Where((_, turn) => turn % 2 == 0).Select(number => (int)number));
        Assert.Equal(Enumerable.Range(64, 64).Concat(Enumerable.Range(192, 36)), given.Where((_, turn) => turn % 2 != 0).Select(number => (int)number));
        Assert.Equal($"ioasid: 200 of {1 << 20} ids", space.ToString());
        IoAsidSetStatistics counts = one.GetStatistics();
        Assert.Equal(100, counts.Live);
        Assert.Equal(100UL, counts.Allocated);
        Assert.Equal((1 << 20) - 200, counts.Available);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Each_number_passes_between_sets_with_relaxed_order(int capacity)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = capacity, ReservedNumbers = [], ReusePolicy = IoAsidReusePolicy.Relaxed });
        IoAsidSet<SvaBinding>[] sets = [.. Enumerable.Range(0, 5).Select(set => space.CreateSet<SvaBinding>($"{set}"))];
        for (int round = 0; round < 3; round++)
        {
            List<IoAsidHandle<SvaBinding>> made = [];
            while (sets[(made.Count + round) % sets.Length].TryAllocate(null, out IoAsidHandle<SvaBinding> handle, out _))
                made.Add(handle);

            Assert.Equal(Enumerable.Range(0, capacity), made.Select(handle => (int)handle.Id.Value).Order());
            Assert.All(made, handle => Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free()));
            Assert.Equal((0, capacity), (space.GetStatistics().Outstanding, space.GetStatistics().Available));
        }
    }

    [Fact]
    public void A_set_at_its_quota_leaves_other_sets_their_stocks()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { ReusePolicy = IoAsidReusePolicy.Relaxed });
        IoAsidSet<SvaBinding> other = space.CreateSet<SvaBinding>("other");
        IoAsidSet<SvaBinding> narrow = space.CreateSet<SvaBinding>("narrow", quota: 1);
        other.Allocate();
        narrow.Allocate();
        int stocked = other.Stock!.Count;

        Assert.False(narrow.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.QuotaExhausted, failure);
        Assert.Throws<IoAsidQuotaException>(() => narrow.CreateSubset<SvaBinding>("below", quota: 1));
        Assert.Equal(0, narrow.GetStatistics().Available);
        Assert.Equal((62, 62), (stocked, other.Stock.Count));
        Assert.Equal(2, space.GetStatistics().Outstanding);
    }

    [Fact]
    public void A_custom_allocator_can_be_registered_while_numbers_are_in_stock_only()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { ReusePolicy = IoAsidReusePolicy.Relaxed });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        set.Allocate().Free();
        space.RegisterAllocator(new ScriptedAllocator { OnAllocate = (_, _) => 2 });

        Assert.Equal(2u, set.Allocate().Id.Value);
    }

    [Fact]
    public void A_default_space_has_the_numbers_of_PCIe_without_0()
    {
        using IoAsidSpace space = new();
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");

        Assert.Equal(1L << 20, space.Capacity);
        Assert.Equal(1u, set.Allocate().Id.Value);
        Assert.Equal((1 << 20) - 2, set.GetStatistics().Available);
        Assert.False(set.TryAllocate(null, 0, 0, out _, out _));
    }

    [Fact]
    public void Each_life_of_a_number_has_the_next_generation()
    {
        using IoAsidSpace space = new();
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");

        for (uint generation = 0; generation < 5; generation++)
        {
            IoAsidHandle<SvaBinding> handle = set.Allocate(new NativeSvaBinding("a"), 9, 9);
            Assert.Equal(generation, handle.Generation);
            handle.Free();
        }
    }

    [Fact]
    public void A_number_with_references_is_not_used_again()
    {
        using IoAsidSpace space = new();
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        IoAsidHandle<SvaBinding> handle = set.Allocate(new NativeSvaBinding("a"), 9, 9);
        IoAsidBinding binding = handle.Bind();
        Assert.True(set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));
        using (set.Hold(handle.Id))
        {
            handle.Free();
            AssertKept();
            reference.Dispose();
            AssertKept();
            binding.Drain();
            AssertKept();
        }

        Assert.Equal(1u, set.Allocate(null, 9, 9).Generation);

        void AssertKept() => Assert.False(set.TryAllocate(null, 9, 9, out _, out _));
    }

    [Fact]
    public void An_id_without_data_is_found_after_data_is_set()
    {
        using IoAsidSpace space = new();
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        IoAsidHandle<SvaBinding> handle = set.Allocate();

        Assert.Equal(IoAsidLookupStatus.NoData, set.Find(handle.Id).Status);
        handle.SetData(new NativeSvaBinding("late"));
        Assert.Equal("late", set.Find(handle.Id).Data?.Name);
    }
}
