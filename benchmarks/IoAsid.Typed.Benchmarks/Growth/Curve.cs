namespace IoAsid.Typed.Benchmarks.Growth;

/// <summary>One contender of a chart: its cost at each size, in ascending order of the sizes.</summary>
internal sealed record Curve(string Name, IReadOnlyList<(double Size, double Cost)> Points);
