namespace IoAsid.Typed.Hardware;

/// <summary>
/// What decides when things happen on a machine. There are no threads: code runs in steps, one after the other, and all waiting goes through here.
/// Code that awaits what this interface returns goes on in a step of its own.
/// </summary>
public interface IScheduler
{
    /// <summary>The machine's time: its timestamps, and timers that fire as steps.</summary>
    TimeProvider Clock { get; }

    /// <summary>Has an action run as a step of its own, some time after the current one.</summary>
    /// <param name="step">The action. An exception it throws ends the run.</param>
    void Post(Action step);

    /// <summary>Lets others run first.</summary>
    /// <returns>Complete when it is the caller's turn again.</returns>
    ValueTask Yield();

    /// <summary>Waits until a condition holds. Polling, as drivers do it: the condition is looked at between steps and must change nothing.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="timeout">How long to wait at most, in the machine's time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether the condition held; false when the time ran out first.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative.</exception>
    ValueTask<bool> WaitUntil(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Waits a span of the machine's time.</summary>
    /// <param name="span">How long.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Complete when the span is over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    ValueTask Delay(TimeSpan span, CancellationToken cancellationToken = default);
}
