using System.Collections.Concurrent;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>
/// Every step, check, flag and hold of the operating system's side is needed: without it, the test that <c>killers.tsv</c> names for it fails.
/// <c>IOASID_FIND_KILLERS=1</c> finds tests for the sites that have none, and writes the table again;
/// <c>IOASID_FIND_KILLERS=all</c> also tries those that are to do, <c>IOASID_FIND_KILLERS=Guests/,Sva/</c> those of these folders or files.
/// </summary>
public sealed class MutationGateTests
{
    private const string Variable = "IOASID_FIND_KILLERS";
    private const string TableName = "killers.tsv";
    private const int Attempts = 4;

    private static readonly Lazy<MutatedAssembly> s_mutated = new(MutatedAssembly.Compile);

    public MutationGateTests() => AppContext.SetData("IoAsid.Typed.Iommu.Tests.StepLimit", Budget.Steps);

    private static MutatedAssembly Mutated => s_mutated.Value;

    [Fact]
    public void Every_site_has_a_verdict_and_every_verdict_a_site()
    {
        KillerTable table = KillerTable.Parse(MutatedAssembly.ReadResource(TableName));
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } what)
            Complete(table, what);

        string[] open = [.. Mutated.Sites.Where(site => table[site].IsOpen).Select(site => "no test: " + site)];
        string[] gone = [.. table.Without(Mutated.Sites).Select(site => "no such site: " + site.Replace('\t', ' '))];
        Warn(table);

        Assert.True(open.Length + gone.Length == 0, string.Join(Environment.NewLine,
        [
            $"{open.Length} sites have no test that fails without them, and {gone.Length} verdicts no site.",
            $"{Variable}=1 finds tests and writes {TableName}. For what survives write a test, delete what nobody misses, or write \"equivalent: \" and why.",
            .. open,
            .. gone,
        ]));
    }

    [Fact]
    public void Without_any_one_of_them_its_test_fails()
    {
        KillerTable table = KillerTable.Parse(MutatedAssembly.ReadResource(TableName));
        ConcurrentQueue<int> left = new(Enumerable.Range(0, Mutated.Sites.Count).Where(site => table[Mutated.Sites[site]].IsTest));
        ConcurrentDictionary<string, TestRun> normal = new(StringComparer.Ordinal);
        ConcurrentQueue<string> survivors = [];

        Workers.Run(Mutated, tests =>
        {
            while (left.TryDequeue(out int site))
            {
                if (WhySurvives(tests, site, table[Mutated.Sites[site]].Text, normal) is { } why)
                    survivors.Enqueue($"{Mutated.Sites[site]}: {why}");
            }
        });

        Assert.True(survivors.IsEmpty, string.Join(Environment.NewLine, survivors));
    }

    private static string? WhySurvives(MutatedTests tests, int site, string killer, ConcurrentDictionary<string, TestRun> normal)
    {
        if (tests.Find(killer) is not { } test)
            return $"there is no test {killer}";
        TestRun unmutated = normal.GetOrAdd(killer, _ => tests.Run(test));
        if (unmutated.HasFailed)
            return $"{killer} fails with nothing mutated: {unmutated.Failure!.Message}";
        // Some tests draw what they try: what they miss once they find the next time.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (tests.Run(test, site, Budget.For(unmutated)).HasFailed)
                return null;
        }

        return $"{killer} passes";
    }

    private static void Warn(KillerTable table)
    {
        int todo = Mutated.Sites.Count(site => table[site].IsTodo);
        if (todo > 0)
            TestContext.Current.AddWarning($"{todo} of {Mutated.Sites.Count} sites have no test yet: see the lines with \"todo\" in {TableName}.");
    }

    private static bool IsWanted(MutationSite site, KillerTable table, string what) =>
        table[site].IsOpen || (table[site].IsTodo && (what == "all" || what.Split(',').Any(place => site.Id.StartsWith(place, StringComparison.Ordinal))));

    private static void Complete(KillerTable table, string what)
    {
        foreach (string gone in table.Without(Mutated.Sites))
            table.Forget(gone);
        MutatedTests tests = new(Mutated);
        foreach (MutationSite site in Mutated.Sites.Where(site => table[site].IsTest && tests.Find(table[site].Text) is null))
            table.Forget(site.Id);
        int[] open = [.. Enumerable.Range(0, Mutated.Sites.Count).Where(site => IsWanted(Mutated.Sites[site], table, what))];
        new KillerSearch(Mutated).Search(open, table);
        File.WriteAllText(WorkingTree.PathOf("tests/IoAsid.Typed.Iommu.Mutations/" + TableName), table.ToString());
    }
}
