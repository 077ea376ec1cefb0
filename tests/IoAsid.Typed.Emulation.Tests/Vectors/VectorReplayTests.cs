using System.Text;
using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>The agreement of the unit with recordings of an independent implementation, or with the architecture where that implementation is known to differ.</summary>
public sealed class VectorReplayTests
{
    [Fact]
    public void Unit_agrees_with_all_vectors_except_the_listed_ones()
    {
        IReadOnlyList<Vector> vectors = VectorSource.Load();
        NamedRule[] exceptions = Exceptions();
        HashSet<Vector> excepted = [.. vectors.Where(vector => exceptions.Any(exception => exception.Covers(vector)))];
        Dictionary<Vector, IReadOnlyList<string>> disagreements = [];
        foreach (Vector vector in vectors)
        {
            if (VectorReplay.Run(vector) is { Count: > 0 } found)
                disagreements[vector] = found;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(Counts(vectors, [.. disagreements.Keys], excepted));
        string[] unexpected =
        [
            .. disagreements.Where(pair => !excepted.Contains(pair.Key)).Select(pair => $"{pair.Key}: {string.Join("; ", pair.Value)}"),
            .. vectors.Where(vector => excepted.Contains(vector) && !disagreements.ContainsKey(vector)).Select(vector => $"{vector}: agrees now. Remove it from exceptions.json"),
        ];
        Assert.True(unexpected.Length == 0, string.Join('\n', unexpected));
    }

    [Fact]
    public void Each_exception_has_a_vector_a_rule_and_a_section()
    {
        IReadOnlyList<Vector> vectors = VectorSource.Load();
        Assert.All(Exceptions(), exception =>
        {
            Assert.Contains(vectors, exception.Covers);
            Assert.NotEmpty(exception.Rule);
            Assert.StartsWith("VT-d ", exception.Source, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Each_difference_of_recording_and_model_has_a_decision()
    {
        NamedRule[] decided = Read("decided.json");
        IEnumerable<string> open = VectorSource.Load().Where(vector => vector.Agreement is "none" or "unsure").Select(vector => vector.Kind).Distinct();
        Assert.All(open, kind => Assert.Contains(decided, rule => kind.StartsWith(rule.Kind, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_without_vectors_fails_the_replay() =>
        Assert.Throws<InvalidOperationException>(() => VectorSource.LoadFrom(Directory.CreateTempSubdirectory().FullName));

    private static NamedRule[] Exceptions() => Read("exceptions.json");

    private static NamedRule[] Read(string file) => JsonSerializer.Deserialize<NamedRule[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", file)), JsonSerializerOptions.Web)!;

    private static string Counts(IReadOnlyList<Vector> vectors, HashSet<Vector> disagreeing, HashSet<Vector> excepted)
    {
        StringBuilder text = new();
        foreach (IGrouping<string, Vector> group in vectors.GroupBy(vector => vector.Agreement).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int disagree = group.Count(disagreeing.Contains);
            int named = group.Count(vector => disagreeing.Contains(vector) && excepted.Contains(vector));
            text.AppendLine($"{group.Key,-12}{group.Count(),6} vectors, {group.Count() - disagree,6} agree, {named,4} differ with a reason, {disagree - named,4} disagree");
        }

        foreach (IGrouping<string, Vector> family in vectors.GroupBy(vector => vector.Kind.Split('/')[0]).OrderBy(family => family.Key, StringComparer.Ordinal))
            text.AppendLine($"  {family.Key,-32}{family.Count(),6}");
        return text.ToString();
    }

    // A rule applies to all vectors of a kind, to those in some modes, or to some ids.
    private sealed record NamedRule(string Kind, string Rule, string Source, string[]? Modes = null, string[]? Ids = null)
    {
        public bool Covers(Vector vector) =>
            vector.Kind == Kind && (Modes is null || Modes.Contains(vector.Mode)) && (Ids is null || Ids.Contains(vector.Id));
    }
}
