using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Faults;

/// <summary>
/// Runs one script through every operation of the SDK, once for each step at which the runtime may throw. An operation that runs out of memory leaves the space as it
/// was and can be repeated; an interrupt ends no operation. Counts, quotas, numbers and events are exact in the end.
/// </summary>
public sealed class FaultTests
{
    private static readonly (string Name, Action<Scene> Do)[] Script =
    [
        ("create a root", scene => scene.Root = scene.Space.CreateSet<SvaBinding>("sva", quota: 6)),
        ("create a subset", scene => scene.Vm = scene.Root.CreateSubset<GuestSvaBinding>("vm", scene.Owner, quota: 4)),
        ("register an allocator", scene => scene.RegisterIdleAllocator()),
        ("reserve capacity", scene => scene.Reservation = scene.Space.ReserveCapacity(1)),
        ("give capacity back", scene => scene.Reservation!.Dispose()),
        ("allocate", scene => scene.Handle = scene.Vm.Allocate(new GuestSvaBinding("first"))),
        ("observe a set", scene => scene.Registration = scene.Vm.Observe(static _ => { })),
        ("attach a private id", scene => scene.Handle.AttachPrivateId(new PrivateIoAsid(3))),
        ("replace the data", scene => scene.Handle.SetData(new GuestSvaBinding("second"))),
        ("take a scoped hold", scene => TakeHold(scene)),
        ("take a reference", scene => scene.Reference = TakeReference(scene)),
        ("bind", scene => scene.Binding = scene.Handle.Bind("device")),
        ("complete", scene => scene.Binding!.Drain()),
        ("bind again", scene => scene.Binding = scene.Handle.Bind()),
        ("stop observing", scene => scene.Registration!.Dispose()),
        ("observe an owner", scene => scene.Registration = scene.Space.ObserveOwner(scene.Owner, static _ => { })),
        ("detach the private id", scene => scene.Handle.DetachPrivateId()),
        ("attach another private id", scene => scene.Handle.AttachPrivateId(new PrivateIoAsid(4))),
        ("free while it is held", scene => scene.Handle.Free()),
        ("wait for the end", scene => scene.End = scene.Handle.FreeAsync()),
        ("release the reference", scene => scene.Reference!.Dispose()),
        ("complete the last binding", scene => scene.Binding!.Drain()),
        ("allocate without data", scene => scene.Handle = scene.Vm.Allocate()),
        ("free at once", scene => scene.Handle.Free()),
        ("allocate in the second page", scene => scene.AllocateInPage(1, 3)),
        ("allocate in the third page", scene => scene.AllocateInPage(2, 3)),
        ("allocate in another chunk of the third page", scene => scene.AllocateInPage(2, DataChunk.Size)),
        ("list the ids", scene => Assert.Equal(scene.Vm.GetStatistics().Live, scene.Vm.Ids.Count())),
        ("describe", scene => scene.Space.DescribePending()),
        ("free one far id", scene => FreeLast(scene.Vm)),
        ("free another far id", scene => FreeLast(scene.Vm)),
        ("free the last far id", scene => scene.Vm.FreeAll()),
        ("allocate in a range", scene => scene.Handle = scene.Vm.Allocate(new GuestSvaBinding("third"), 3, 6)),
        ("close the subset", scene => scene.Vm.Close()),
        ("free the last id", scene => scene.Handle.Free()),
    ];

    public static TheoryData<Circumstances> AllCircumstances =>
    [
        Circumstances.None,
        Circumstances.Observed,
        Circumstances.Tracked,
        Circumstances.Observed | Circumstances.Tracked,
        Circumstances.CustomAllocator,
        Circumstances.CustomAllocator | Circumstances.Observed,
        Circumstances.Cyclic,
        Circumstances.Relaxed,
        Circumstances.Relaxed | Circumstances.LastGeneration,
        Circumstances.Relaxed | Circumstances.Wide | Circumstances.Tight,
        Circumstances.LastGeneration,
        Circumstances.LastGeneration | Circumstances.Observed,
        Circumstances.Wide,
        Circumstances.Wide | Circumstances.Observed,
        Circumstances.Wide | Circumstances.Tight,
        Circumstances.Wide | Circumstances.Tight | Circumstances.Observed,
    ];

    [Theory]
    [MemberData(nameof(AllCircumstances))]
    public void An_operation_without_memory_changes_nothing_and_can_be_repeated(Circumstances circumstances)
    {
        int points = Count(circumstances, typeof(OutOfMemoryException));
        for (int point = 0; point < points; point++)
            RunWithoutMemoryAt(circumstances, point);

        Assert.True(points > 15, $"Only {points} allocations were reached.");
    }

    [Theory]
    [MemberData(nameof(AllCircumstances))]
    public void An_interrupt_ends_no_operation_and_is_kept(Circumstances circumstances)
    {
        int points = Count(circumstances, typeof(ThreadInterruptedException));
        for (int point = 0; point < points; point++)
        {
            using Scene scene = new(circumstances);
            using (var fault = new InjectedFault(typeof(ThreadInterruptedException), point))
            {
                Array.ForEach(Script, step => step.Do(scene));
                Assert.True(fault.WasThrown);
            }

            Assert.Throws<ThreadInterruptedException>(() => Thread.Sleep(1));
            scene.Audit();
        }

        Assert.True(points > 20, $"Only {points} waits were reached.");
    }

    [Theory]
    [InlineData(typeof(OutOfMemoryException), false)]
    [InlineData(typeof(OutOfMemoryException), true)]
    [InlineData(typeof(ThreadInterruptedException), false)]
    [InlineData(typeof(ThreadInterruptedException), true)]
    public void An_allocator_that_throws_fails_its_own_call_only(Type thrown, bool observed)
    {
        for (int call = 0; call < 8; call++)
        {
            using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = Scene.Capacity });
            using IoAsidObserverRegistration? registration = observed ? space.Observe(static _ => { }) : null;
            int calls = 0;
            void ThrowAtItsTurn()
            {
                if (calls++ == call)
                    throw (Exception)Activator.CreateInstance(thrown)!;
            }

            space.RegisterAllocator(IoAsidNumberAllocator.Create(
                (min, _) =>
                {
                    ThrowAtItsTurn();
                    return (uint)calls;
                },
                _ => ThrowAtItsTurn()));
            IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("set");
            for (int turn = 0; turn < 3; turn++)
            {
                if (set.TryAllocate(new NativeSvaBinding("a"), 1, 7, out IoAsidHandle<SvaBinding> handle, out _))
                    Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
            }

            IoAsidSpaceStatistics counts = space.GetStatistics();
            Assert.Equal(0, counts.Outstanding);
            Assert.Equal(Scene.Capacity - 1, counts.Available + counts.Quarantined);
        }
    }

    private static int Count(Circumstances circumstances, Type fault)
    {
        // The first run creates the objects that exist once per thread, which the second run must not count.
        using (var first = new Scene(circumstances))
            Array.ForEach(Script, step => step.Do(first));

        using Scene scene = new(circumstances);
        using InjectedFault counter = new(fault, at: int.MaxValue);
        Array.ForEach(Script, step => step.Do(scene));
        return counter.Reached;
    }

    private static void RunWithoutMemoryAt(Circumstances circumstances, int point)
    {
        using Scene scene = new(circumstances);
        using (var fault = new InjectedFault(typeof(OutOfMemoryException), point))
        {
            foreach ((string name, Action<Scene> step) in Script)
            {
                string before = scene.Image();
                try
                {
                    step(scene);
                }
                catch (OutOfMemoryException)
                {
                    Assert.True(fault.WasThrown);
                    AssertSame(before, scene.Image(), $"'{name}' changed something before it failed at point {point}");
                    step(scene);
                }
            }

            Assert.True(fault.WasThrown);
        }

        scene.Audit();
    }

    private static void AssertSame(string expected, string actual, string otherwise)
    {
        if (expected != actual)
            Assert.Fail($"{otherwise}.\nBefore:\n{expected}\nAfter:\n{actual}");
    }

    private static void FreeLast(IoAsidSet<GuestSvaBinding> set)
    {
        if (set.Ids.LastOrDefault() is var id && set.TryGetHandle(id, out IoAsidHandle<GuestSvaBinding> handle))
            handle.Free();
    }

    private static void TakeHold(Scene scene)
    {
        using IoAsidHold<SvaBinding> hold = scene.Root.Hold(scene.Handle.Id);
        Assert.True(hold.IsHeld);
    }

    private static IoAsidReference<GuestSvaBinding> TakeReference(Scene scene)
    {
        Assert.True(scene.Vm.TryHold(new PrivateIoAsid(3), out IoAsidReference<GuestSvaBinding>? reference));
        return reference;
    }

    /// <summary>One fault of a type, thrown at one of its points on this thread.</summary>
    private sealed class InjectedFault : IDisposable
    {
        public InjectedFault(Type fault, int at) =>
            FaultPoint.Reached = reached =>
            {
                if (reached == fault && Reached++ == at)
                {
                    WasThrown = true;
                    throw (Exception)Activator.CreateInstance(fault)!;
                }
            };

        public int Reached { get; private set; }

        public bool WasThrown { get; private set; }

        public void Dispose() => FaultPoint.Reached = null;
    }
}
