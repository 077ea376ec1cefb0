using System.Runtime.CompilerServices;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>Closing, freeing all, and disposing the space.</summary>
public sealed class ClosingTests : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 64, ReservedNumbers = [] });
    private readonly IoAsidSet<SvaBinding> _root;

    public ClosingTests() => _root = _space.CreateSet<SvaBinding>("sva", quota: 32);

    [Fact]
    public void A_closed_set_refuses_ids_and_subsets_in_its_whole_subtree()
    {
        IoAsidSet<SvaBinding> middle = _root.CreateSubset<SvaBinding>("middle");
        IoAsidSet<SvaBinding> leaf = middle.CreateSubset<SvaBinding>("leaf");
        IoAsidHandle<SvaBinding> handle = leaf.Allocate(new NativeSvaBinding("a"));

        middle.Close();
        middle.Close();

        Assert.All([middle, leaf], set =>
        {
            Assert.True(set.IsClosed);
            Assert.False(set.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
            Assert.Contains($"'{set}' is closed", Assert.Throws<InvalidOperationException>(() => set.CreateSubset<SvaBinding>("late")).Message, StringComparison.Ordinal);
        });
        Assert.False(_root.IsClosed);
        Assert.True(leaf.Find(handle.Id).IsFound);
        Assert.True(_root.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));
        handle.SetData(new NativeSvaBinding("b"));
        reference.Dispose();
        Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
    }

    [Theory]
    [InlineData(IoAsidReusePolicy.Lowest)]
    [InlineData(IoAsidReusePolicy.Cyclic)]
    [InlineData(IoAsidReusePolicy.Relaxed)]
    public void A_closed_set_leaves_its_tree_with_its_last_id(IoAsidReusePolicy policy)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { ReusePolicy = policy });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding> set = root.CreateSubset<SvaBinding>("set");
        List<IoAsidHandle<SvaBinding>> live = [.. Enumerable.Range(0, 300).Select(_ => set.Allocate())];

        // With relaxed order, the stock takes some of the freed numbers, and the pool takes the others.
        Assert.All(live[..150], handle => handle.Free());
        live.RemoveRange(0, 150);
        live.AddRange(Enumerable.Range(0, 20).Select(_ => set.Allocate()));
        set.Close();
        Assert.Equal(live.Count, set.GetStatistics().Live);
        Assert.All(live, handle =>
        {
            Assert.NotEqual(IoAsidSet.NoIndex, set.Index);
            handle.Free();
        });

        Assert.Equal(IoAsidSet.NoIndex, set.Index);
        IoAsidSetStatistics counts = root.GetStatistics();
        Assert.Equal((320UL, 320UL), (counts.Allocated, counts.Reclaimed));
        Assert.Equal((0L, 0L), (space.Pool.Outstanding, space.Pool.Capacity.Used));
    }

    [Fact]
    public void Unused_quota_returns_at_once_and_the_rest_at_reclaim()
    {
        IoAsidSet<SvaBinding> vm = _root.CreateSubset<SvaBinding>("vm", quota: 10);
        IoAsidSet<SvaBinding> part = vm.CreateSubset<SvaBinding>("part", quota: 4);
        IoAsidHandle<SvaBinding>[] handles = [vm.Allocate(), vm.Allocate(), part.Allocate()];
        IoAsidBinding binding = handles[0].Bind();
        Assert.Equal(22, _root.GetStatistics().Available);

        vm.Close();
        Assert.Equal(29, _root.GetStatistics().Available);
        Assert.Equal(IoAsidFreeResult.Pending, handles[0].Free());
        Assert.Equal(29, _root.GetStatistics().Available);
        binding.Drain();
        Assert.Equal(30, _root.GetStatistics().Available);
        handles[2].Free();
        Assert.Equal(31, _root.GetStatistics().Available);
        handles[1].Free();
        Assert.Equal(32, _root.GetStatistics().Available);

        _root.Close();
        Assert.Multiple(
            () => Assert.Equal(0L, _space.Pool.Capacity.Used),
            () => Assert.Equal(0L, _space.Pool.Capacity.Granted),
            () => Assert.Equal(64L, _space.Pool.Capacity.Available));
    }

    [Fact]
    public void FreeAll_returns_each_id_to_its_set_and_quota()
    {
        IoAsidSet<SvaBinding> vm = _root.CreateSubset<SvaBinding>("vm", quota: 10);
        string before = SpaceImage.Of(_space);
        vm.Allocate(new NativeSvaBinding("a"));
        vm.Allocate();
        _root.Allocate(new NativeSvaBinding("b"));

        _root.FreeAll();

        Assert.Equal((0, 10), (vm.GetStatistics().Live, vm.GetStatistics().Available));
        Assert.Equal((2ul, 3ul), (vm.GetStatistics().Reclaimed, _root.GetStatistics().Reclaimed));
        Assert.Equal(Counts(before), Counts(SpaceImage.Of(_space)));
        vm.Close();
        Assert.Equal(32, _root.GetStatistics().Available);

        static string[] Counts(string image) => [.. image.Split('\n').Take(2)];
    }

    [Fact]
    public void FreeAll_frees_the_subtree_and_leaves_held_ids_pending()
    {
        IoAsidSet<SvaBinding> vm = _root.CreateSubset<SvaBinding>("vm");
        IoAsidHandle<SvaBinding> outside = _root.Allocate(new NativeSvaBinding("outside"));
        IoAsidHandle<SvaBinding> held = vm.Allocate(new NativeSvaBinding("held"));
        Assert.True(vm.TryHold(held.Id, out IoAsidReference<SvaBinding>? reference));

        vm.FreeAll();

        Assert.False(outside.IsStale);
        Assert.Equal(IoAsidLookupStatus.FreePending, vm.Find(held.Id).Status);
        Assert.Equal((0, 1), (vm.GetStatistics().Live, vm.GetStatistics().Pending));
        reference.Dispose();
        Assert.Equal((0, 0), (vm.GetStatistics().Live, vm.GetStatistics().Pending));
    }

    [Fact]
    public void Total_counts_do_not_decrease_when_a_set_leaves_the_tree()
    {
        IoAsidSet<SvaBinding> vm = _root.CreateSubset<SvaBinding>("vm", quota: 1);
        IoAsidHandle<SvaBinding> handle = vm.Allocate();
        Assert.False(vm.TryAllocate(null, out _, out _));
        vm.Close();
        handle.Free();
        Assert.Empty(_root.Children);

        IoAsidSetStatistics statistics = _root.GetStatistics();
        Assert.Multiple(
            () => Assert.Equal(1ul, statistics.Allocated),
            () => Assert.Equal(1ul, statistics.Reclaimed),
            () => Assert.Equal(1L, statistics.Failed));
    }

    [Fact]
    public void An_owner_may_have_a_new_set_at_once_while_ids_of_the_closed_one_live()
    {
        object owner = new();
        IoAsidSet<SvaBinding> old = _root.CreateSubset<SvaBinding>("old", owner);
        IoAsidHandle<SvaBinding> handle = old.Allocate(new NativeSvaBinding("a"));
        old.Close();
        Assert.False(_root.TryFindSubset(owner, out IoAsidSet<SvaBinding>? _));

        IoAsidSet<SvaBinding> next = _root.CreateSubset<SvaBinding>("next", owner);
        Assert.True(_root.TryFindSubset(owner, out IoAsidSet<SvaBinding>? found));
        Assert.Same(next, found);
        Assert.Equal(IoAsidLookupStatus.OtherSet, next.Find(handle.Id).Status);
        Assert.True(_root.Find(handle.Id).IsFound);
    }

    [Fact]
    public void A_closed_and_emptied_set_never_finds_the_ids_of_its_index_successor()
    {
        List<IoAsidSet<SvaBinding>> gone = [];
        int largest = 0;
        for (int round = 0; round < 5_000; round++)
        {
            IoAsidSet<SvaBinding> set = round % 2 == 0 ? _root.CreateSubset<SvaBinding>("s", quota: 1) : _space.CreateSet<SvaBinding>("r");
            largest = Math.Max(largest, set.Index);
            IoAsidHandle<SvaBinding> handle = set.Allocate(new NativeSvaBinding("a"), 7, 7);
            Assert.All(gone, old => AssertBlind(old, handle.Id));
            set.Close();
            handle.Free();
            Assert.Equal(IoAsidSet.NoIndex, set.Index);
            AssertBlind(set, handle.Id);
            Remember(gone, set);
        }

        Assert.InRange(largest, 1, 4);
        Assert.Same(_root, Assert.Single(_space.Tree.Roots()));
        Assert.Empty(_root.Children);
    }

    [Fact]
    public void A_closed_tree_without_ids_leaves_at_once()
    {
        using IoAsidSpace space = new();
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        root.CreateSubset<SvaBinding>("middle").CreateSubset<SvaBinding>("lowest");
        root.CreateSubset<SvaBinding>("beside");

        root.Close();
        Assert.Empty(space.Tree.Roots());
        Assert.Empty(root.Children);
    }

    [Fact]
    public void A_set_that_left_the_tree_is_not_kept_in_memory()
    {
        WeakReference[] gone = [UseUp(() => _space.CreateSet<SvaBinding>("root")), UseUp(() => _root.CreateSubset<SvaBinding>("subset"))];

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.All(gone, set => Assert.False(set.IsAlive));
    }

    [Fact]
    public void A_disposed_space_finds_nothing_and_accepts_releases()
    {
        IoAsidSet<SvaBinding> vm = _root.CreateSubset<SvaBinding>("vm");
        IoAsidHandle<SvaBinding> held = vm.Allocate(new NativeSvaBinding("held"));
        IoAsidHandle<SvaBinding> bound = vm.Allocate(new NativeSvaBinding("bound"));
        Assert.True(_root.TryHold(held.Id, out IoAsidReference<SvaBinding>? reference));
        IoAsidBinding binding = bound.Bind();

        _space.Dispose();
        _space.Dispose();

        Assert.All([_root, vm], set => Assert.Equal(IoAsidLookupStatus.NotFound, set.Find(held.Id).Status));
        Assert.False(vm.TryHold(held.Id, out IoAsidReference? _));
        Assert.False(_root.Hold(bound.Id).IsHeld);
        Assert.Empty(_root.Ids);
        Assert.True(vm.IsClosed);
        Assert.Throws<ObjectDisposedException>(() => _space.CreateSet<SvaBinding>("late"));
        Assert.Throws<ObjectDisposedException>(() => _root.CreateSubset<SvaBinding>("late"));
        Assert.Throws<ObjectDisposedException>(() => _space.ReserveCapacity(1));
        Assert.Equal(2, _space.DescribePending().Count);
        Assert.Equal("held", ((NativeSvaBinding)reference.Data).Name);
        reference.Dispose();
        binding.Drain();
        Assert.Equal(0, _space.Pool.Outstanding);
        Assert.Empty(_space.Tree.Roots());
        Assert.EndsWith("disposed", _space.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _space.Dispose();

    private static void AssertBlind(IoAsidSet<SvaBinding> set, RawIoAsid id)
    {
        Assert.NotEqual(IoAsidLookupStatus.Found, set.Find(id).Status);
        Assert.False(set.Contains(id));
        Assert.False(set.TryHold(id, out IoAsidReference? _));
        Assert.False(set.TryGetHandle(id, out _));
    }

    /// <summary>Adds a set to the list of the last three sets, whose indexes are reused next.</summary>
    private static void Remember(List<IoAsidSet<SvaBinding>> gone, IoAsidSet<SvaBinding> set)
    {
        gone.Add(set);
        if (gone.Count > 3)
            gone.RemoveAt(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseUp(Func<IoAsidSet<SvaBinding>> create)
    {
        IoAsidSet<SvaBinding> set = create();
        set.Allocate(new NativeSvaBinding("a"));
        set.Close();
        set.FreeAll();
        return new WeakReference(set);
    }
}
