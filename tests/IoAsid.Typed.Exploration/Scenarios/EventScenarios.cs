using System.Collections.Concurrent;
using IoAsid.Typed.Exploration.Scheduling;

namespace IoAsid.Typed.Exploration.Scenarios;

public sealed class EventScenarios
{
    [Fact]
    public void Events_of_a_life_come_once_and_in_order_in_a_race_of_bind_and_free() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        ConcurrentQueue<IoAsidEvent> received = Watch(test);
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("bound"));
        IoAsidBinding first = handle.Bind();
        await Concurrently.Run(
            () => Drain.Complete(first),
            () => TryBindAndComplete(handle),
            () => handle.Free());
        EventOrder.AssertWhole(received);
        test.AssertAllReclaimed();
    });

    [Fact]
    public void Events_of_two_lives_of_a_number_do_not_overlap() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        ConcurrentQueue<IoAsidEvent> received = Watch(test);
        void Live()
        {
            if (test.Root.TryAllocate(new Payload("short"), out IoAsidHandle<Payload> handle, out _))
                handle.Free();
        }

        await Concurrently.Run(Live, Live);
        EventOrder.AssertWhole(received);
    });

    [Fact]
    public void An_observer_that_frees_an_id_on_its_event_gets_every_event() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        ConcurrentQueue<IoAsidEvent> received = Watch(test);
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
        EventOrder.AssertWhole(received);
        test.AssertAllReclaimed();
    });

    private static ConcurrentQueue<IoAsidEvent> Watch(TestSpace test)
    {
        ConcurrentQueue<IoAsidEvent> received = new();
        test.Space.Observe(received.Enqueue);
        return received;
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
