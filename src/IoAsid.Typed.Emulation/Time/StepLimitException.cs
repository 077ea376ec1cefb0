namespace IoAsid.Typed.Emulation;

/// <summary>A run took more steps than <see cref="SchedulerOptions.StepLimit"/>.</summary>
public sealed class StepLimitException : Exception
{
    /// <summary>Initializes the exception with the limit and the next step.</summary>
    /// <param name="limit">The largest number of steps of a run.</param>
    /// <param name="lastStep">The name of the step that would have run next.</param>
    public StepLimitException(long limit, string lastStep)
        : base($"The run took {limit} steps (SchedulerOptions.StepLimit) and did not end. The next step would be \"{lastStep}\". "
            + "Does a step post itself repeatedly, or is a periodic timer not disposed?") => Limit = limit;

    /// <summary>The largest number of steps of a run.</summary>
    public long Limit { get; }
}
