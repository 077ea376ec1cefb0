using System.Text;
using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>The unit does what an independent implementation did, or what the architecture says where that one is known to depart from it.</summary>
public sealed class VectorReplayTests(ITestOutputHelper output)
{
    [Fact]
    public void The_unit_agrees_with_every_vector_but_those_named_with_rule_and_source()
    {
        IReadOnlyList<Vector> vectors = VectorSource.Load();
        HashSet<string> excepted = [.. Exceptions().Select(exception => exception.Kind)];
        Dictionary<Vector, IReadOnlyList<string>> disagreements = [];
        foreach (Vector vector in vectors)
        {
            if (VectorReplay.Run(vector) is { Count: > 0 } found)
                disagreements[vector] = found;
        }

        output.WriteLine(Counts(vectors, [.. disagreements.Keys], excepted));
        string[] unexpected =
        [
            .. disagreements.Where(pair => !excepted.Contains(pair.Key.Kind)).Select(pair => $"{pair.Key}: {string.Join("; ", pair.Value)}"),
            .. vectors.Where(vector => excepted.Contains(vector.Kind) && !disagreements.ContainsKey(vector)).Select(vector => $"{vector}: agrees by now; take it out of exceptions.json"),
        ];
        Assert.True(unexpected.Length == 0, string.Join('\n', unexpected));
    }

    [Fact]
    public void Only_sequences_that_no_model_judges_are_excepted_each_with_a_rule_and_its_source()
    {
        Dictionary<string, string[]> agreements = VectorSource.Load()
            .GroupBy(vector => vector.Kind)
            .ToDictionary(kind => kind.Key, kind => kind.Select(vector => vector.Agreement).Distinct().ToArray());
        Assert.All(Exceptions(), exception =>
        {
            Assert.Equal(["unmodelled"], agreements[exception.Kind]);
            Assert.NotEmpty(exception.Rule);
            Assert.NotEmpty(exception.Source);
        });
    }

    [Fact]
    public void Where_recording_and_model_differ_the_architecture_decides_each_kind_with_a_reason()
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

    private static string Counts(IReadOnlyList<Vector> vectors, HashSet<Vector> disagreeing, HashSet<string> excepted)
    {
        StringBuilder text = new();
        foreach (IGrouping<string, Vector> group in vectors.GroupBy(vector => vector.Agreement).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int disagree = group.Count(disagreeing.Contains);
            int named = group.Count(vector => disagreeing.Contains(vector) && excepted.Contains(vector.Kind));
            text.AppendLine($"{group.Key,-12}{group.Count(),6} vectors, {group.Count() - disagree,6} agree, {named,4} depart with a reason, {disagree - named,4} disagree");
        }

        foreach (IGrouping<string, Vector> family in vectors.GroupBy(vector => vector.Kind.Split('/')[0]).OrderBy(family => family.Key, StringComparer.Ordinal))
            text.AppendLine($"  {family.Key,-32}{family.Count(),6}");
        return text.ToString();
    }

    private sealed record NamedRule(string Kind, string Rule, string Source);
}
