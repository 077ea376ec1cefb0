using System.Collections.Concurrent;

namespace IoAsid.Typed.Mutations;

/// <summary>
/// Every step, check, flag and hold of a target is needed: without it, the test that the target's table names for it fails.
/// <c>IOASID_RENAME_KILLERS=old=new</c> writes the table with new names. <c>IOASID_FIND_KILLERS=1</c> finds tests for the sites without a test and writes the table.
/// <c>IOASID_FIND_KILLERS=all</c> also tries each test and each <c>todo</c>. <c>IOASID_FIND_KILLERS=Guests/,Sva/</c> tries only those of these folders or files.
/// </summary>
/// <param name="target">The assembly that is mutated, its tests and its table.</param>
public abstract class MutationGate(MutationTarget target)
{
    private const string FindVariable = "IOASID_FIND_KILLERS";
    private const string RenameVariable = "IOASID_RENAME_KILLERS";
    private const int Attempts = 4;

    private static readonly ConcurrentDictionary<MutationTarget, Lazy<(MutatedAssembly Mutated, KillerTable Table)>> s_prepared = [];

    [Fact]
    public void Every_site_has_a_verdict_and_every_verdict_a_site()
    {
        (MutatedAssembly mutated, KillerTable table) = Prepared();
        TableMatch match = new(table, mutated.Sites);
        string[] complaints =
        [
            .. Indexes(mutated).Where(site => match[site].IsOpen).Select(site => Complaint(mutated.Sites[site], match[site])),
            .. match.Moved.Select(move => "moved: " + move),
            .. match.Gone.Select(row => "no such site: " + row),
        ];
        Warn(mutated, match);

        Assert.True(complaints.Length == 0, string.Join(Environment.NewLine,
        [
            $"{target.Table} does not fit the code in {complaints.Length} places.",
            $"{FindVariable}=1 follows moves, finds tests for changed members and writes the table.",
            "For what survives write a test, delete what no test misses, or write \"equivalent: \" and the reason.",
            .. complaints,
        ]));
    }

    [Fact]
    public void Without_any_one_of_them_its_test_fails()
    {
        (MutatedAssembly mutated, KillerTable table) = Prepared();
        TableMatch match = new(table, mutated.Sites);
        ConcurrentQueue<int> left = new(Indexes(mutated).Where(site => match[site].Verdict.IsTest));
        ConcurrentDictionary<string, TestRun> normal = new(StringComparer.Ordinal);
        ConcurrentQueue<string> survivors = [];

        Workers.Run(mutated, tests =>
        {
            while (left.TryDequeue(out int site))
            {
                if (WhySurvives(tests, site, match[site].Verdict.Text, normal) is { } reason)
                    survivors.Enqueue($"{mutated.Sites[site]}: {reason}");
            }
        });

        Assert.True(survivors.IsEmpty, string.Join(Environment.NewLine, survivors));
    }

    private (MutatedAssembly Mutated, KillerTable Table) Prepared() => s_prepared.GetOrAdd(target, _ => new(Prepare)).Value;

    private (MutatedAssembly Mutated, KillerTable Table) Prepare()
    {
        AppContext.SetData(target.StepLimitSetting, Budget.Steps);
        MutatedAssembly mutated = MutatedAssembly.Compile(target);
        KillerTable read = KillerTable.Parse(MutatedAssembly.ReadResource(target.Table));
        KillerTable table = read;
        if (Environment.GetEnvironmentVariable(RenameVariable) is { Length: > 0 } names)
            table = table.Renamed(Renaming.Parse(names));
        string path = "tests/IoAsid.Typed.Mutations/" + target.Table;
        if (Environment.GetEnvironmentVariable(FindVariable) is { Length: > 0 } scope)
            table = TableUpdate.Run(mutated, table, scope, found => File.WriteAllText(WorkingTree.PathOf(path), found.ToString()));
        if (table != read)
            File.WriteAllText(WorkingTree.PathOf(path), table.ToString());
        return (mutated, table);
    }

    private static string? WhySurvives(MutatedTests tests, int site, string killer, ConcurrentDictionary<string, TestRun> normal)
    {
        if (tests.Find(killer) is not { } test)
            return $"there is no test {killer}";
        TestRun unmutated = normal.GetOrAdd(killer, _ => tests.Run(test));
        if (unmutated.HasFailed)
            return $"{killer} fails with nothing mutated: {unmutated.Failure!.Message}";
        // Some tests have random inputs, so a later attempt can fail where the first one passes.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (tests.Run(test, site, Budget.For(unmutated)).HasFailed)
                return null;
        }

        return $"{killer} passes";
    }

    private static string Complaint(MutationSite site, KnownVerdict known) =>
        known.Verdict.IsOpen ? $"no test: {site}" : $"changed since its verdict: {site}: {known.Verdict}";

    private void Warn(MutatedAssembly mutated, TableMatch match)
    {
        int todo = Indexes(mutated).Count(site => match[site].Verdict.IsTodo);
        if (todo > 0)
            TestContext.Current.AddWarning($"{todo} of {mutated.Sites.Count} sites have no test yet: see the lines with \"todo\" in {target.Table}.");
    }

    private static IEnumerable<int> Indexes(MutatedAssembly mutated) => Enumerable.Range(0, mutated.Sites.Count);
}
