using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>The owners of sets, and the quotas that are charged for an id.</summary>
public sealed class OwnerAndQuotaTests : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 100, ReservedNumbers = [] });
    private readonly IoAsidSet<SvaBinding> _sva;
    private readonly object _owner = new();

    public OwnerAndQuotaTests() => _sva = _space.CreateSet<SvaBinding>("sva");

    [Fact]
    public void An_owner_has_one_open_set_per_parent_and_data_type()
    {
        IoAsidSet<SvaBinding> mine = _sva.CreateSubset<SvaBinding>("mine", _owner);
        IoAsidSet<GuestSvaBinding> narrowed = _sva.CreateSubset<GuestSvaBinding>("narrowed", _owner);
        IoAsidSet<SvaBinding> below = mine.CreateSubset<SvaBinding>("below", _owner);
        Assert.Throws<ArgumentException>("owner", () => _sva.CreateSubset<SvaBinding>("again", _owner));

        Assert.True(_sva.TryFindSubset(_owner, out IoAsidSet<SvaBinding>? found));
        Assert.True(_sva.TryFindSubset(_owner, out IoAsidSet<GuestSvaBinding>? foundNarrowed));
        Assert.True(mine.TryFindSubset(_owner, out IoAsidSet<SvaBinding>? foundBelow));
        Assert.Equal<IoAsidSet>([mine, narrowed, below], [found, foundNarrowed, foundBelow]);
        Assert.False(_sva.TryFindSubset(_owner, out IoAsidSet<NativeSvaBinding>? _));
        Assert.False(_sva.TryFindSubset(new object(), out IoAsidSet<SvaBinding>? _));
    }

    [Fact]
    public void An_owner_finds_its_open_root()
    {
        IoAsidSet<SvaBinding> mine = _space.CreateSet<SvaBinding>("mine", _owner);

        Assert.True(_space.TryFindSet(_owner, out IoAsidSet<SvaBinding>? found));
        Assert.Same(mine, found);
        Assert.False(_space.TryFindSet(_owner, out IoAsidSet<GuestSvaBinding>? _));
        Assert.Contains("TryFindSet", Assert.Throws<ArgumentException>("owner", () => _space.CreateSet<SvaBinding>("again", _owner)).Message, StringComparison.Ordinal);
        mine.Close();
        Assert.False(_space.TryFindSet(_owner, out IoAsidSet<SvaBinding>? _));
    }

    [Fact]
    public void A_subset_without_an_owner_has_its_parents_and_is_not_found_by_it()
    {
        IoAsidSet<SvaBinding> mine = _sva.CreateSubset<SvaBinding>("mine", _owner);
        IoAsidSet<SvaBinding> inherits = mine.CreateSubset<SvaBinding>("inherits");

        Assert.Null(_sva.Owner);
        Assert.Same(_owner, inherits.Owner);
        Assert.False(mine.TryFindSubset(_owner, out IoAsidSet<SvaBinding>? _));
        mine.CreateSubset<SvaBinding>("inherits too");
    }

    [Fact]
    public void A_set_knows_its_place()
    {
        IoAsidSet<GuestSvaBinding> vm = _sva.CreateSubset<GuestSvaBinding>("vm", _owner, quota: 7);

        Assert.Multiple(
            () => Assert.Equal("vm", vm.Name),
            () => Assert.Equal(_space, vm.Space),
            () => Assert.Equal(_sva, vm.Parent),
            () => Assert.Equal(_sva, vm.Root),
            () => Assert.Equal(typeof(GuestSvaBinding), vm.DataType),
            () => Assert.Equal(7u, vm.Quota));
        Assert.Multiple(
            () => Assert.Null(_sva.Parent),
            () => Assert.Equal(_sva, _sva.Root),
            () => Assert.Null(_sva.Quota));
    }

    [Fact]
    public void A_quota_is_reserved_at_once_and_charged_by_the_nearest_set()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", quota: 10);
        IoAsidSet<SvaBinding> shares = vm.CreateSubset<SvaBinding>("shares");
        IoAsidSet<SvaBinding> part = shares.CreateSubset<SvaBinding>("part", quota: 3);
        AssertAvailable(space: 90, vm: 7, part: 3);

        IoAsidHandle<SvaBinding> first = shares.Allocate();
        part.Allocate();
        _sva.Allocate();
        AssertAvailable(space: 89, vm: 6, part: 2);
        Assert.Equal(6, shares.GetStatistics().Available);
        first.Free();
        AssertAvailable(space: 89, vm: 7, part: 2);

        void AssertAvailable(long space, long vm, long part) =>
            Assert.Multiple(
                () => Assert.Equal(space, _sva.GetStatistics().Available),
                () => Assert.Equal(vm, shares.Parent!.GetStatistics().Available),
                () => Assert.Equal(part, shares.Children.First().GetStatistics().Available));
    }

    [Fact]
    public void A_quota_keeps_its_room_when_the_rest_of_the_space_is_full()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", quota: 10);
        while (_sva.TryAllocate(null, out _, out _))
        {
        }

        Assert.Equal(90, _sva.GetStatistics().Live);
        Assert.All(Enumerable.Range(0, 10), _ => vm.Allocate());
        Assert.False(vm.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.QuotaExhausted, failure);
    }

    [Fact]
    public void A_pending_id_is_charged_until_it_is_reclaimed()
    {
        IoAsidSet<SvaBinding> vm = _sva.CreateSubset<SvaBinding>("vm", quota: 1);
        IoAsidHandle<SvaBinding> handle = vm.Allocate();
        IoAsidBinding binding = handle.Bind();
        handle.Free();

        Assert.False(vm.TryAllocate(null, out _, out _));
        binding.Drain();
        vm.Allocate();
    }

    [Fact]
    public void Reserved_room_is_unavailable_until_it_is_released()
    {
        using (IoAsidCapacityReservation reservation = _space.ReserveCapacity(99))
        {
            Assert.Equal(99, reservation.Count);
            _sva.Allocate();
            Assert.False(_sva.TryAllocate(null, out _, out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.CapacityExhausted, failure);
            reservation.Release(1);
            _sva.Allocate();
        }

        Assert.Equal(98, _sva.GetStatistics().Available);
    }

    [Fact]
    public void Reserved_numbers_are_no_capacity()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 8, ReservedNumbers = [0, 3, 3, 8, 900] });

        Assert.Equal(6, space.CreateSet<SvaBinding>("sva").GetStatistics().Available);
    }

    public void Dispose() => _space.Dispose();
}
