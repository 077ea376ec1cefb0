using IoAsid.Typed.Exploration.Scheduling;
using static IoAsid.Typed.Exploration.Scenarios.TestSpace;

namespace IoAsid.Typed.Exploration.Scenarios;

public sealed class LifetimeScenarios
{
    [Fact]
    public void A_hold_keeps_the_number_from_being_used_again() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("held"));
        await Concurrently.Run(
            () => handle.Free(),
            () => HoldAgainstReuse(test),
            () => HoldAgainstReuse(test));
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_hold_never_outlives_the_last_generation_of_a_number() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2, startGeneration: uint.MaxValue);
        test.Root.Allocate(new Payload("keeps the page"), 2, 2);
        await Concurrently.Run(
            () => test.Root.Allocate(new Payload("last")).Free(),
            () => test.Root.Hold(Only).Dispose());
        Assert.Equal(1, test.Space.GetStatistics().Retired);
        Assert.Equal(1, test.Space.GetStatistics().Outstanding);
        Assert.True(test.Space.Lives.WordOf(Only.Value).IsFree);
    });

    [Fact]
    public void A_reference_has_the_data_of_the_life_that_it_holds() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        await Concurrently.Run(
            () =>
            {
                if (handle.Free() == IoAsidFreeResult.Reclaimed)
                    test.Root.Allocate(new Payload("next"));
            },
            () =>
            {
                using IoAsidReference<Payload>? held = test.Root.TryHold(Only, out IoAsidReference<Payload>? reference) ? reference : null;
                Assert.True(held is null || !test.Root.TryFind(Only, out Payload? found) || found == held.Data, "A reference has the data of an earlier life.");
            });
    });

    [Fact]
    public void A_hold_that_is_refused_because_of_a_free_is_refused_for_good() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("held"));
        Assert.True(test.Root.TryHold(Only, out IoAsidReference<Payload>? keeping));
        await Concurrently.Run(
            () => handle.Free(),
            () =>
            {
                using IoAsidHold<Payload> hold = test.Root.Hold(Only);
                Assert.True(hold.IsHeld || hold.Status == IoAsidLookupStatus.FreePending);
                Assert.True(hold.IsHeld || !test.Root.TryFind(Only, out _));
            });
        keeping.Dispose();
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_refused_hold_of_another_set_never_delays_a_reclaim() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> strange = test.Root.CreateSubset<Payload>("strange");
        IoAsidHandle<Payload> handle = mine.Allocate(new Payload("mine"));
        await Concurrently.Run(
            () =>
            {
                Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
                Assert.Equal(IoAsidFreeResult.Reclaimed, mine.Allocate().Free());
            },
            () => Assert.False(strange.TryHold(Only, out IoAsidReference? _)),
            () => Assert.False(strange.Hold(Only).IsHeld));
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_number_that_is_said_to_be_reclaimed_can_be_allocated_at_once() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        Assert.True(test.Root.TryHold(Only, out IoAsidReference<Payload>? reference));
        await Concurrently.Run(
            () => reference.Dispose(),
            () =>
            {
                if (handle.Free() == IoAsidFreeResult.Reclaimed)
                    test.Root.Allocate(new Payload("next")).Free();
            });
        test.AssertAllReclaimed();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reference_that_two_threads_dispose_is_released_once(bool trackHolders) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(trackHolders: trackHolders);
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        Assert.True(test.Root.TryHold(Only, out IoAsidReference<Payload>? reference));
        Assert.True(test.Root.TryHold(Only, out IoAsidReference<Payload>? other));
        Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
        await Concurrently.Run(reference.Dispose, reference.Dispose);
        Assert.Equal(IoAsidLookupStatus.FreePending, test.Root.Find(Only).Status);
        other.Dispose();
        test.AssertAllReclaimed();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wait_for_a_free_ends_when_the_number_can_be_had(bool watched) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        using IoAsidObserverRegistration? watch = watched ? test.Space.Observe(_ => { }) : null;
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        await Task.WhenAll(
            Task.Run(() => handle.Free()),
            Task.Run(() => FreeAndUseAgain(test.Root, handle)));
        test.AssertAllReclaimed();
    });

    [Fact]
    public void Every_wait_for_a_free_completes_with_the_last_release() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        Assert.True(test.Root.TryHold(Only, out IoAsidReference<Payload>? reference));
        await Task.WhenAll(
            Task.Run(reference.Dispose),
            Task.Run(() => handle.FreeAsync()),
            Task.Run(() => handle.FreeAsync()));
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_late_wait_leaves_an_earlier_one_its_end() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        Assert.True(test.Root.TryHold(Only, out IoAsidReference<Payload>? reference));
        Task earlier = handle.FreeAsync();
        await Task.WhenAll(
            earlier,
            Task.Run(reference.Dispose),
            Task.Run(() => handle.FreeAsync()));
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_private_id_leads_to_its_own_life_or_nowhere() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        PrivateIoAsid guest = new(7);
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("guest"));
        handle.AttachPrivateId(guest);
        await Concurrently.Run(
            () =>
            {
                handle.Free();
                Assert.False(test.Root.TryResolve(guest, out _), "The private id of a freed id resolves.");
                test.Root.TryAllocate(new Payload("other"), out _, out _);
            },
            () =>
            {
                using IoAsidReference<Payload>? held = test.Root.TryHold(guest, out IoAsidReference<Payload>? reference) ? reference : null;
                Assert.True(held is null || held.Data.Of == "guest", "A private id was resolved to another life.");
            });
    });

    [Fact]
    public void A_private_id_is_given_to_one_of_two() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2);
        PrivateIoAsid guest = new(7);
        int given = 0;
        void Attach()
        {
            IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("guest"));
            try
            {
                handle.AttachPrivateId(guest);
                Interlocked.Increment(ref given);
            }
            catch (ArgumentException)
            {
                Assert.Null(handle.PrivateId);
            }
        }

        await Concurrently.Run(Attach, Attach);
        Assert.Equal(1, given);
        Assert.True(test.Root.TryResolve(guest, out RawIoAsid id) && test.Root.TryGetHandle(id, out IoAsidHandle<Payload> owner) && owner.PrivateId == guest);
    });

    private static void HoldAgainstReuse(TestSpace test)
    {
        using IoAsidHold<Payload> hold = test.Root.Hold(Only);
        Assert.False(hold.IsHeld && test.Root.TryAllocate(new Payload("next"), out _, out _), "The number of a held id was allocated again.");
    }

    private static async Task FreeAndUseAgain(IoAsidSet<Payload> set, IoAsidHandle<Payload> handle)
    {
        await handle.FreeAsync();
        set.Allocate(new Payload("next")).Free();
    }
}
