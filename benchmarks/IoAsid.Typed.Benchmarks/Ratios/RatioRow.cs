namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>One line of the table. Times are nanoseconds per operation, or milliseconds where it says so, sizes are bytes; without a contender, ours is compared to the goal itself.</summary>
internal sealed record RatioRow(string What, string Size, double Ours, string Contender, double? Theirs, double? Goal)
{
    public double? Ratio => Theirs is { } theirs ? Ours / theirs : null;

    /// <summary>Null where there is no goal.</summary>
    public bool? Met => Goal is { } goal ? (Ratio ?? Ours) <= goal : null;
}
