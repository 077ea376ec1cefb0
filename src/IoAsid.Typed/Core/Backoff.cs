using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>
/// A wait for the next few instructions of another thread: spins a bounded number of times, then yields the processor, then sleeps in case that thread has a lower
/// priority. <see cref="System.Threading.Thread.Interrupt"/> does not end the wait.
/// </summary>
internal struct Backoff
{
#if IOASID_CONTROLLED_SCHEDULE
    public readonly void Wait() => Thread.Yield();
#else
    private const int Spins = 10;
    private const int Yields = 200;

    private int _waits;

    // Not inlined: the yield calls native code, whose frame would cost callers that do not wait.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Wait()
    {
        if (_waits >= 0 && _waits < Spins && Environment.ProcessorCount > 1)
            Thread.SpinWait(1 << _waits);
        else if (_waits < Spins + Yields)
            Thread.Yield();
        else
            Sleep();

        _waits++;
    }

    private void Sleep()
    {
        try
        {
            FaultPoint.Wait();
            Thread.Sleep(1);
        }
        catch (ThreadInterruptedException)
        {
            // The interrupt is left to the caller's next wait. This one continues by yielding, which cannot be interrupted.
            _waits = int.MinValue / 2;
            Thread.CurrentThread.Interrupt();
        }
    }
#endif
}
