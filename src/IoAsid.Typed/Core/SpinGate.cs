using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>
/// The space's small lock: test, then test-and-set on one word; a waiter spins for a bounded time, then yields. Held for tens of
/// nanoseconds and never across user code. Not re-entrant.
/// </summary>
/// <remarks>With <c>IOASID_CONTROLLED_SCHEDULE</c> it is a monitor, which systematic exploration knows how to schedule.</remarks>
internal sealed class SpinGate
{
#if IOASID_CONTROLLED_SCHEDULE
    public void Enter() => Monitor.Enter(this);

    public void Exit() => Monitor.Exit(this);
#else
    private int _taken;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            EnterAfterOthers();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _taken, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterAfterOthers()
    {
        var backoff = new Backoff();
        do
        {
            backoff.Wait();
        }
        while (Volatile.Read(ref _taken) != 0 || Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }
#endif
}
