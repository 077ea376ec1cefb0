namespace IoAsid.Typed.Hardware;

/// <summary>
/// The scheduler of a machine. A machine has no threads: code runs in steps, one after the other, and all waits use the scheduler. Code that awaits a task of
/// the scheduler continues in a step of its own.
/// </summary>
public interface IScheduler
{
    /// <summary>The clock of the machine, with virtual time and timers that fire as steps.</summary>
    TimeProvider Clock { get; }

    /// <summary>Posts an action, which runs in a later step of its own.</summary>
    /// <param name="step">The action. If it throws an exception, the run ends.</param>
    void Post(Action step);

    /// <summary>Yields to other steps. The caller continues in a later step.</summary>
    /// <returns>A task that completes when the caller may continue.</returns>
    ValueTask Yield();

    /// <summary>
    /// Waits until a condition holds. The scheduler evaluates the condition between steps, like a driver that polls. The condition must not change state.
    /// </summary>
    /// <param name="condition">The condition.</param>
    /// <param name="timeout">The timeout, in virtual time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>true if the condition holds; false if the timeout elapsed first.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative.</exception>
    ValueTask<bool> WaitUntil(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Waits for a span of virtual time.</summary>
    /// <param name="span">The span.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes after the span.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    ValueTask Delay(TimeSpan span, CancellationToken cancellationToken = default);
}
