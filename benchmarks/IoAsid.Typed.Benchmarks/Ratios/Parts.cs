namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The named parts of a command, in the order in which they are measured.</summary>
internal static class Parts
{
    /// <summary>Returns the part with a name, or all parts without a name.</summary>
    public static IEnumerable<TPart> Only<TPart>(this OrderedDictionary<string, TPart> parts, string? name) => name is null ? parts.Values : [parts[name]];
}
