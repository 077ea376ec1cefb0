using IoAsid.Typed.Core;

namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>A space so small that the threads of a scenario meet the same numbers. Its pages can be created before the scenario starts.</summary>
internal sealed class TestSpace
{
    /// <summary>The only number of a space of the default size.</summary>
    public static readonly RawIoAsid Only = new(1);

    public TestSpace(int numbers = 1, uint startGeneration = 0, PagePolicy? pages = null, IoAsidReusePolicy policy = IoAsidReusePolicy.Lowest, bool trackHolders = false)
    {
        Space = new IoAsidSpace(new IoAsidSpaceOptions
        {
            Capacity = numbers + 1,
            StartGeneration = startGeneration,
            Pages = pages ?? PagePolicy.Default,
            ReusePolicy = policy,
            RoomPerStockedNumber = 1,
            TrackHolders = trackHolders,
        });
        Root = Space.CreateSet<Payload>("root");
    }

    public IoAsidSpace Space { get; }

    public IoAsidSet<Payload> Root { get; }

    /// <summary>Allocates and frees an id, which creates the pages, so that the next allocation takes the fast path.</summary>
    public TestSpace Warm()
    {
        Root.Allocate().Free();
        return this;
    }

    /// <summary>Allocates and frees an id in each set, which admits the set to the pages, so that its next allocation takes the fast path.</summary>
    public static void Warm(params IoAsidSet<Payload>[] sets) => Array.ForEach(sets, set => set.Allocate().Free());

    /// <summary>Asserts that a lookup and a hold through a set return only data of the owner.</summary>
    public static void AssertOnlyOwn(IoAsidSet<Payload> set, string owner)
    {
        IoAsidLookup<Payload> lookup = set.Find(Only);
        Assert.False(lookup.IsFound && lookup.Data.Of != owner, "Another set's data was found.");
        using IoAsidHold<Payload> hold = set.Hold(Only);
        Assert.False(hold.IsHeld && hold.Data.Of != owner, "Another set's data was held.");
    }

    /// <summary>Asserts that every number is free and can be allocated.</summary>
    public void AssertAllReclaimed()
    {
        IoAsidSpaceStatistics counts = Space.GetStatistics();
        Assert.Equal(0, counts.Outstanding);
        Assert.Equal(0, Space.Pool.Capacity.Used);
        for (long left = counts.Available; left > 0; left--)
            Assert.True(Root.TryAllocate(new Payload("last"), out _, out IoAsidAllocationFailure failure), failure.ToString());
    }
}
