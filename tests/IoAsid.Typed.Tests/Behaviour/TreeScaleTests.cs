using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>Trees that are as deep and as wide as memory allows. No operation recurses, and no cost grows with the number of siblings.</summary>
public sealed class TreeScaleTests : IDisposable
{
    private const int Deep = 100_000;
    private const int Wide = 200_000;

    private readonly IoAsidSpace _space = new();
    private readonly IoAsidSet<SvaBinding> _root;

    public TreeScaleTests() => _root = _space.CreateSet<SvaBinding>("root", quota: 1_000);

    public void Dispose() => _space.Dispose();

    [Fact]
    public void A_deep_tree_is_counted_closed_and_emptied()
    {
        IoAsidSet<SvaBinding> lowest = Descend();
        IoAsidHandle<SvaBinding> handle = lowest.Allocate(new NativeSvaBinding("deep"));

        Assert.True(_root.Find(handle.Id).IsFound);
        Assert.Equal(1, _root.GetStatistics().Live);
        _root.Close();
        Assert.True(lowest.IsClosed);
        Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
        Assert.Empty(_space.Tree.Roots());
        Assert.Equal(IoAsidSpaceOptions.PasidCapacity - 1, _space.GetStatistics().Available);
    }

    [Fact]
    public void A_deep_tree_is_disposed()
    {
        IoAsidSet<SvaBinding> lowest = Descend();
        lowest.Allocate(new NativeSvaBinding("deep"));

        _space.Dispose();

        Assert.Empty(_space.Tree.Roots());
    }

    [Fact]
    public void A_deep_tree_explains_an_exhausted_quota()
    {
        IoAsidSet<SvaBinding> lowest = Descend();
        for (int id = 0; id < 1_000; id++)
            lowest.Allocate();

        Assert.Contains("quota of 1000 is used up", Assert.Throws<IoAsidAllocationException>(() => lowest.Allocate()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deep_tree_notifies_the_observers_of_every_level()
    {
        IoAsidSet<SvaBinding> lowest = Descend(quotas: false);
        EventLog log = new();
        using IoAsidObserverRegistration registration = _root.Observe(log.Observe);

        lowest.Allocate().Free();

        Assert.Equal(["Allocated", "Freed", "Reclaimed"], log.Kinds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Siblings_with_owners_come_and_go_in_any_order(bool newestFirst)
    {
        object[] owners = [.. Enumerable.Range(0, Wide).Select(_ => new object())];
        IoAsidSet<SvaBinding>[] siblings = [.. owners.Select(owner => _root.CreateSubset<SvaBinding>("vm", owner))];

        Assert.True(_root.TryFindSubset(owners[Wide / 2], out IoAsidSet<SvaBinding>? found));
        Assert.Same(siblings[Wide / 2], found);
        foreach (IoAsidSet<SvaBinding> sibling in newestFirst ? siblings.Reverse() : siblings)
            sibling.Close();

        Assert.Empty(_root.Children);
        Assert.False(_root.TryFindSubset<SvaBinding>(owners[0], out _));
    }

    [Fact]
    public void Closing_a_parent_closes_all_its_children_at_once()
    {
        IoAsidSet<SvaBinding>[] siblings = [.. Enumerable.Range(0, Wide).Select(_ => _root.CreateSubset<SvaBinding>("vm"))];

        _root.Close();

        Assert.All(siblings, sibling => Assert.True(sibling.IsClosed));
        Assert.Empty(_space.Tree.Roots());
    }

    [Fact]
    public void Each_sibling_may_have_observers_of_its_own()
    {
        EventLog log = new();
        IoAsidSet<SvaBinding>[] siblings = [.. Enumerable.Range(0, Wide / 10).Select(_ => _root.CreateSubset<SvaBinding>("vm"))];
        IoAsidObserverRegistration[] registrations = [.. siblings.Select(sibling => sibling.Observe(log.Observe))];

        siblings[7].Allocate().Free();
        Array.ForEach(registrations, registration => registration.Dispose());
        siblings[8].Allocate().Free();

        Assert.Equal(["Allocated", "Freed", "Reclaimed"], log.Kinds);
    }

    [Fact]
    public void Spaces_are_disposed_in_any_number()
    {
        IoAsidSpace[] spaces = [.. Enumerable.Range(0, Wide / 4).Select(_ => new IoAsidSpace(new IoAsidSpaceOptions { Capacity = 2 }))];

        Array.ForEach(spaces, space => space.Dispose());

        Assert.All(spaces, space => Assert.Throws<ObjectDisposedException>(() => space.CreateSet<SvaBinding>("late")));
    }

    /// <summary>Creates a chain of sets, each below the last, and returns the lowest. Every hundredth set reserves the whole quota above it as its own.</summary>
    private IoAsidSet<SvaBinding> Descend(bool quotas = true)
    {
        IoAsidSet<SvaBinding> at = _root;
        for (int level = 1; level < Deep; level++)
            at = at.CreateSubset<SvaBinding>("level", quota: quotas && level % 100 == 0 ? 1_000u : null);

        return at;
    }
}
