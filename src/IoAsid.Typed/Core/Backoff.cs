namespace IoAsid.Typed.Core;

/// <summary>Waiting for another thread's next few instructions: spins a bounded time, then gives the processor away.</summary>
internal struct Backoff
{
#if IOASID_CONTROLLED_SCHEDULE
    public readonly void Wait() => Thread.Yield();
#else
    private SpinWait _spin;

    // Sleep(1) would make a wait of nanoseconds cost a millisecond, so it is off.
    public void Wait() => _spin.SpinOnce(sleep1Threshold: -1);
#endif
}
