using CsCheck;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>A quota keeps its promise when numbers are lost: available ids can be allocated, and no other set bears the loss.</summary>
public sealed class ReservationTests
{
    [Fact]
    public void A_lost_number_takes_unreserved_room_first()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 11 });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("set", quota: 4);

        Lose(space, set);

        Assert.Equal(new Room(Available: 4, Lost: 0), Room.Of(set));
        Assert.Equal(5, space.GetStatistics().Available);
    }

    [Fact]
    public void A_lost_number_shrinks_its_own_quota_if_all_is_reserved()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 11 });
        IoAsidSet<SvaBinding> first = space.CreateSet<SvaBinding>("first", quota: 4);
        IoAsidSet<SvaBinding> second = space.CreateSet<SvaBinding>("second", quota: 6);

        Lose(space, first);

        Assert.Equal(new Room(Available: 3, Lost: 1), Room.Of(first));
        Assert.Equal(new Room(Available: 6, Lost: 0), Room.Of(second));
        Fill(first, 3);
        Assert.Contains("quota of 4 is used up, 1 of it by numbers that went out of use", Refusal(first), StringComparison.Ordinal);
        Fill(second, 6);
    }

    [Fact]
    public void Available_ids_can_be_allocated_after_any_losses()
    {
        Gen<int[]> losses = Gen.Int[0, 3].Array[0, 12];
        losses.Sample(
            index =>
            {
                using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 21 });
                IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root", quota: 12);
                IoAsidSet<SvaBinding>[] sets =
                [
                    root,
                    root.CreateSubset<SvaBinding>("vm", quota: 5),
                    root.CreateSubset<SvaBinding>("shared"),
                    space.CreateSet<SvaBinding>("other", quota: 6),
                ];
                foreach (int set in index)
                    Lose(space, sets[set]);

                foreach (IoAsidSet<SvaBinding> set in sets)
                {
                    Fill(set, set.GetStatistics().Available);
                    Assert.Equal(0, set.GetStatistics().Available);
                }
            },
            iter: 300);
    }

    private static string Refusal(IoAsidSet<SvaBinding> set) => Assert.Throws<IoAsidAllocationException>(() => set.Allocate()).Message;

    private static void Fill(IoAsidSet<SvaBinding> set, long count)
    {
        for (long id = 0; id < count; id++)
            set.Allocate();
    }

    /// <summary>Allocates and frees a number of a custom allocator whose free throws, if the set has room. The number is quarantined.</summary>
    private static void Lose(IoAsidSpace space, IoAsidSet<SvaBinding> set)
    {
        uint next = (uint)(space.GetStatistics().Quarantined + 1);
        ScriptedAllocator broken = new() { OnAllocate = (_, _) => next, OnFree = _ => throw new IOException("lost") };
        space.RegisterAllocator(broken);
        if (set.TryAllocate(null, out IoAsidHandle<SvaBinding> handle, out _))
            handle.Free();

        space.UnregisterAllocator(broken);
    }

    private sealed record Room(long Available, long Lost)
    {
        public static Room Of(IoAsidSet set) => new(set.GetStatistics().Available, set.GetStatistics().Lost);
    }
}
