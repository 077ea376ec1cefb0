namespace IoAsid.Typed.Emulation;

/// <summary>A run took more steps than it may.</summary>
public sealed class StepLimitException : Exception
{
    /// <summary>Too many steps.</summary>
    /// <param name="limit">How many a run may take.</param>
    /// <param name="lastStep">The name of the step that would have been next.</param>
    public StepLimitException(long limit, string lastStep)
        : base($"The run took {limit} steps (SchedulerOptions.StepLimit) without coming to its end; the next would be \"{lastStep}\". "
            + "Does something post itself again and again, or is a periodic timer never disposed?") => Limit = limit;

    /// <summary>How many steps a run may take.</summary>
    public long Limit { get; }
}
