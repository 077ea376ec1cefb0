using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Linux;

/// <summary>
/// A lock that a thread takes by one instruction if no other thread has it, and waits for without spinning otherwise. It is cheaper than a monitor, and not reentrant.
/// </summary>
internal sealed class Gate
{
    private const int Free = 0;
    private const int Taken = 1;
    private const int Contended = 2; // Taken, and other threads may wait.

    private readonly object _waiters = new();
    private int _state;

    /// <summary>Enters the gate. Disposing the scope leaves it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Scope Enter()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Free) != Free)
            WaitAndEnter();
        return new(this);
    }

    // A thread that waited leaves the state contended, because it does not know whether others wait.
    private void WaitAndEnter()
    {
        lock (_waiters)
        {
            while (Interlocked.Exchange(ref _state, Contended) != Free)
                Monitor.Wait(_waiters);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Leave()
    {
        if (Interlocked.Exchange(ref _state, Free) == Contended)
            Wake();
    }

    private void Wake()
    {
        lock (_waiters)
            Monitor.Pulse(_waiters);
    }

    /// <summary>The time in which a thread has the gate.</summary>
    public readonly ref struct Scope : IDisposable
    {
        private readonly Gate _gate;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Scope(Gate gate) => _gate = gate;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose() => _gate.Leave();
    }
}
