using IoAsid.Typed.Core;

namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>A space so small that everything collides, and the pages that a scenario uses made before it starts.</summary>
internal sealed class TestSpace
{
    /// <summary>The only number, unless a scenario asks for more.</summary>
    public static readonly RawIoAsid Only = new(1);

    public TestSpace(int numbers = 1, uint startGeneration = 0, PagePolicy? pages = null)
    {
        Space = new IoAsidSpace(new IoAsidSpaceOptions { Capacity = numbers + 1, StartGeneration = startGeneration, Pages = pages ?? PagePolicy.Default });
        Root = Space.CreateSet<Payload>("root");
    }

    public IoAsidSpace Space { get; }

    public IoAsidSet<Payload> Root { get; }

    /// <summary>Makes the pages by a life of its own, so that the next allocation takes the short way.</summary>
    public TestSpace Warm()
    {
        Root.Allocate().Free();
        return this;
    }

    /// <summary>Admits sets to the pages by a life in each, so that their next allocations take the short way.</summary>
    public static void Warm(params IoAsidSet<Payload>[] sets) => Array.ForEach(sets, set => set.Allocate().Free());

    /// <summary>Asserts that a lookup and a hold through a set give the data of its owner or none.</summary>
    public static void AssertOnlyOwn(IoAsidSet<Payload> set, string owner)
    {
        IoAsidLookup<Payload> lookup = set.Find(Only);
        Assert.False(lookup.IsFound && lookup.Data.Of != owner, "Another set's data was found.");
        using IoAsidHold<Payload> hold = set.Hold(Only);
        Assert.False(hold.IsHeld && hold.Data.Of != owner, "Another set's data was held.");
    }

    /// <summary>Asserts that every number is back and can be had.</summary>
    public void AssertAllReclaimed()
    {
        Assert.Equal(0, Space.Pool.Outstanding);
        Assert.Equal(0, Space.Pool.Capacity.Used);
        for (long left = Space.Pool.Capacity.Available; left > 0; left--)
            Assert.True(Root.TryAllocate(new Payload("last"), out _, out IoAsidAllocationFailure failure), failure.ToString());
    }
}
