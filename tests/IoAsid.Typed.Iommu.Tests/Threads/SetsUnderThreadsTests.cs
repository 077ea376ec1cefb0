using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The operations of the IOMMU on its sets, under real threads. Processes and guests are bound to hardware and freed, while handlers hold any number. The
/// subsystem runs in steps of one machine, but the library must not rely on that.
/// </summary>
public sealed class SetsUnderThreadsTests : IDisposable
{
    private const int Rounds = 3_000;
    private const int Owners = 3;
    private const int Handlers = 3;
    private const uint Numbers = 64;

    private readonly IoAsidSpace _space = new();
    private readonly IoAsidSet<Work> _sva;
    private readonly ConcurrentDictionary<(uint Number, uint Generation), Work> _lives = new();
    private int _ownersLeft = Owners;
    private long _held;

    public SetsUnderThreadsTests() => _sva = _space.CreateSet<Work>("sva");

    public void Dispose() => _space.Dispose();

    [Fact]
    public void A_hold_keeps_a_number_from_its_next_life_under_threads()
    {
        using IoAsidObserverRegistration reclaims = _sva.Observe(Reclaim);

        Run(
            [
                .. Enumerable.Range(0, Owners).Select(owner => (Action)(() => BindAndFree(owner))),
                .. Enumerable.Range(0, Handlers).Select(_ => (Action)HoldNumbers),
            ]);

        Assert.Equal(0, _space.GetStatistics().Outstanding);
        Assert.All(_lives.Values, work => Assert.True(work.IsOver));
    }

    // One life of a process or a guest: a set of its own, a PASID with a binding, and a free before or after the drain.
    private void BindAndFree(int owner)
    {
        try
        {
            for (int round = 0; round < Rounds; round++)
                BindAndFreeOnce($"owner {owner}", freeFirst: round % 2 == 0, privateId: (uint)round);
        }
        finally
        {
            Interlocked.Decrement(ref _ownersLeft);
        }
    }

    private void BindAndFreeOnce(string name, bool freeFirst, uint privateId)
    {
        IoAsidSet<Work> set = _sva.CreateSubset<Work>(name, owner: new object());
        IoAsidHandle<Work> handle = set.Allocate(new Work(), 1, Numbers);
        handle.Data!.Is(handle.Id);
        _lives[(handle.Id.Value, handle.Generation)] = handle.Data!;
        handle.AttachPrivateId(new PrivateIoAsid(privateId));
        Assert.True(set.TryHold(new PrivateIoAsid(privateId), out IoAsidReference<Work>? held));
        held.Dispose();
        IoAsidBinding binding = handle.Bind();
        // The first lives last until a handler has held one, so that all threads run at the same time on any machine.
        SpinWait.SpinUntil(() => Interlocked.Read(ref _held) > 0);
        if (freeFirst)
            handle.Free();
        binding.Complete(new Drain().Certify(binding));
        handle.Free();
        set.Close();
    }

    private void HoldNumbers()
    {
        for (uint number = 1; Volatile.Read(ref _ownersLeft) > 0; number = number % Numbers + 1)
        {
            using IoAsidHold<Work> hold = _sva.Hold(Number(number));
            if (!hold.IsHeld)
                continue;
            Interlocked.Increment(ref _held);
            Assert.False(hold.Data.IsOver);
            Assert.True(hold.Data.Number is 0 || hold.Data.Number == number);
        }
    }

    private void Reclaim(IoAsidEvent change)
    {
        if (change.Kind == IoAsidEventKind.Reclaimed && _lives.TryGetValue((change.Id.Value, change.Generation), out Work? work))
            work.IsOver = true;
    }

    [HardwareBoundary]
    private static RawIoAsid Number(uint number) => new(number);

    private static void Run(IReadOnlyList<Action> actions)
    {
        ConcurrentQueue<Exception> failures = new();
        Thread[] threads = [.. actions.Select(action => new Thread(() => Catch(action, failures)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (failures.TryDequeue(out Exception? first))
            ExceptionDispatchInfo.Throw(first);
    }

    private static void Catch(Action action, ConcurrentQueue<Exception> failures)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // The test's own thread throws the exception again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failures.Enqueue(failure);
        }
    }

    private sealed class Drain : IoAsidDrain
    {
        public new DrainReceipt Certify(IoAsidBinding binding) => base.Certify(binding);
    }

    /// <summary>The data of a number in one of its lives.</summary>
    private sealed class Work
    {
        private uint _number;
        private volatile bool _isOver;

        public uint Number => Volatile.Read(ref _number);

        public bool IsOver { get => _isOver; set => _isOver = value; }

        public void Is(RawIoAsid id) => Volatile.Write(ref _number, id.Value);
    }
}
