using System.Collections.Concurrent;
using IoAsid.Typed.Exploration.Scheduling;

namespace IoAsid.Typed.Exploration.Scenarios;

public sealed class EventScenarios
{
    [Fact]
    public void The_edges_of_a_life_are_told_once_and_in_order_while_bind_free_and_completion_race() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        ConcurrentQueue<IoAsidEvent> told = Watch(test);
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("bound"));
        IoAsidBinding first = handle.Bind();
        await Concurrently.Run(
            () => Drain.Complete(first),
            () => TryBindAndComplete(handle),
            () => handle.Free());
        EventOrder.AssertWhole(told);
        test.AssertAllReclaimed();
    });

    [Fact]
    public void The_lives_of_a_number_are_told_one_after_the_other() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        ConcurrentQueue<IoAsidEvent> told = Watch(test);
        void Live()
        {
            if (test.Root.TryAllocate(new Payload("short"), out IoAsidHandle<Payload> handle, out _))
                handle.Free();
        }

        await Concurrently.Run(Live, Live);
        EventOrder.AssertWhole(told);
    });

    [Fact]
    public void An_observer_that_frees_what_it_is_told_of_gets_every_edge() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        ConcurrentQueue<IoAsidEvent> told = Watch(test);
        using IoAsidObserverRegistration meddler = test.Space.Observe(
            edge =>
            {
                if (edge.Kind == IoAsidEventKind.Bound)
                {
                    Assert.True(test.Root.TryGetHandle(edge.Id, out IoAsidHandle<Payload> bound));
                    bound.Free();
                }
            },
            IoAsidObserverPriority.Cpu);
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("bound"));
        await Concurrently.Run(() => TryBindAndComplete(handle), () => TryBindAndComplete(handle));
        handle.Free();
        EventOrder.AssertWhole(told);
        test.AssertAllReclaimed();
    });

    private static ConcurrentQueue<IoAsidEvent> Watch(TestSpace test)
    {
        ConcurrentQueue<IoAsidEvent> told = new();
        test.Space.Observe(told.Enqueue);
        return told;
    }

    private static void TryBindAndComplete(IoAsidHandle<Payload> handle)
    {
        try
        {
            Drain.Complete(handle.Bind());
        }
        catch (StaleIoAsidException stale)
        {
            Assert.Equal(handle.Id, stale.Id);
        }
    }
}
