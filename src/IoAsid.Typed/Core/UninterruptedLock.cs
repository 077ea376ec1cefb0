using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>A re-entrant lock whose waits <see cref="System.Threading.Thread.Interrupt"/> cannot end. An interrupted thread completes its operation.</summary>
/// <remarks>A monitor, which systematic exploration knows how to schedule.</remarks>
internal sealed class UninterruptedLock
{
    /// <summary>Gets a value indicating whether the calling thread holds the lock.</summary>
    public bool IsHeld => Monitor.IsEntered(this);

    public Scope Enter()
    {
        bool taken = false;
        Enter(ref taken);
        return new Scope(this);
    }

    private void Enter(ref bool taken)
    {
        try
        {
            FaultPoint.Wait();
#pragma warning disable CA2002 // Objects of this class exist to be locked, and are not known outside the assembly.
            Monitor.Enter(this, ref taken);
#pragma warning restore CA2002
        }
        catch (ThreadInterruptedException)
        {
            if (!taken)
                EnterInterrupted();

            Thread.CurrentThread.Interrupt();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterInterrupted() =>
        Uninterrupted.Run(this, 0, static (monitor, _) =>
        {
            Monitor.Enter(monitor);
            return true;
        });

    /// <summary>A scope in which the lock is held.</summary>
    public readonly ref struct Scope(UninterruptedLock held)
    {
        public void Dispose() => Monitor.Exit(held);
    }
}
