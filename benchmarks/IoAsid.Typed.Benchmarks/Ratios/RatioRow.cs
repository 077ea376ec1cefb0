namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>
/// One line of the table. Times are in nanoseconds per operation, or in milliseconds if the size names them. Memory is in bytes. Without a contender, ours is compared with
/// the goal itself.
/// </summary>
/// <param name="Floor">The least code that keeps the same promises as ours, of the same runs; null if the row has none.</param>
internal sealed record RatioRow(string What, string Size, Sample Ours, string Contender, Sample? Theirs, double? Goal, Sample? Floor = null)
{
    /// <summary>The ratio of each run; null without a contender.</summary>
    public Sample? Ratio { get; } = Theirs is null ? null : Ours.Over(Theirs);

    /// <summary>The smallest ratio that code with the same promises can have; null without a floor.</summary>
    public Sample? Limit { get; } = Floor is null || Theirs is null ? null : Floor.Over(Theirs);

    /// <summary>The distance from that limit: ours divided by the floor; null without a floor.</summary>
    public Sample? OverFloor { get; } = Floor is null ? null : Ours.Over(Floor);

    /// <summary>The comparison of the median with the goal: true if the goal is reached; null without a goal.</summary>
    public bool? Met => Goal is { } goal ? (Ratio ?? Ours).Median <= goal : null;

    /// <summary>Gets a value indicating whether the spread of the runs is too large after all repetitions.</summary>
    public bool Scatters => Repetition.Scatters(Ours) || (Ratio is { } ratio && Repetition.Scatters(ratio));
}
