using System.Diagnostics;

namespace IoAsid.Typed.Core;

/// <summary>
/// The steps at which the runtime may throw in the middle of an operation: an allocation (<see cref="OutOfMemoryException"/>) and a wait
/// (<see cref="ThreadInterruptedException"/>). A test build makes each of them throw in turn; other builds contain no trace of these calls.
/// </summary>
internal static class FaultPoint
{
#if IOASID_INJECTED_FAULTS
    /// <summary>Called at each step of the current thread. Throws the exception that the test wants there.</summary>
    [ThreadStatic]
    public static Action<Type>? Reached;
#endif

    /// <summary>Marks an allocation that can fail.</summary>
    [Conditional("IOASID_INJECTED_FAULTS")]
    public static void Allocation() => Reach(typeof(OutOfMemoryException));

    /// <summary>Marks a wait that can be interrupted.</summary>
    [Conditional("IOASID_INJECTED_FAULTS")]
    public static void Wait() => Reach(typeof(ThreadInterruptedException));

    [Conditional("IOASID_INJECTED_FAULTS")]
    private static void Reach(Type fault)
    {
#if IOASID_INJECTED_FAULTS
        Reached?.Invoke(fault);
#else
        _ = fault;
#endif
    }
}
