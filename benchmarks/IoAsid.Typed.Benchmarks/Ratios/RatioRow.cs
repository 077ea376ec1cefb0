namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>
/// One line of the table. Times are in nanoseconds per operation, or in milliseconds if the size names them. Memory is in bytes. Without a contender, ours is compared with
/// the goal itself.
/// </summary>
internal sealed record RatioRow(string What, string Size, Sample Ours, string Contender, Sample? Theirs, double? Goal)
{
    /// <summary>The ratio of each run; null without a contender.</summary>
    public Sample? Ratio { get; } = Theirs is null ? null : Ours.Over(Theirs);

    /// <summary>The comparison of the median with the goal: true if the goal is reached; null without a goal.</summary>
    public bool? Met => Goal is { } goal ? (Ratio ?? Ours).Median <= goal : null;

    /// <summary>Gets a value indicating whether the spread of the runs is too large after all repetitions.</summary>
    public bool Scatters => Repetition.Scatters(Ours) || (Ratio is { } ratio && Repetition.Scatters(ratio));
}
