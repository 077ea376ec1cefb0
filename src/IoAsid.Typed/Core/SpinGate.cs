using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>
/// The space's small lock: test-and-set on one word, with a test before each further try. A waiter spins for a bounded time, then yields. Held for tens of
/// nanoseconds, longer only when a table grows, and never across user code. Not re-entrant.
/// </summary>
/// <remarks>With <c>IOASID_CONTROLLED_SCHEDULE</c> it is a monitor, which systematic exploration knows how to schedule.</remarks>
internal struct SpinGate
{
#if IOASID_CONTROLLED_SCHEDULE
    private readonly object _monitor = new();

    public SpinGate()
    {
    }

    public readonly void Enter() => Monitor.Enter(_monitor);

    public readonly void Exit() => Monitor.Exit(_monitor);
#else
    private int _taken;

    public SpinGate() => _taken = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
            EnterAfterOthers();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _taken, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterAfterOthers()
    {
        Backoff backoff = new();
        do
            backoff.Wait();
        while (Volatile.Read(ref _taken) != 0 || Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }
#endif
}
