using System.Collections.Concurrent;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>Finds for each site a test that fails without it: of those that reach it, the quickest first, and those that draw at random last.</summary>
internal sealed class KillerSearch
{
    private const int Confirmations = 1;

    private readonly MutatedAssembly _mutated;
    private readonly Dictionary<string, TestRun> _runs = new(StringComparer.Ordinal);
    private readonly List<string>[] _reaching;

    public KillerSearch(MutatedAssembly mutated)
    {
        _mutated = mutated;
        _reaching = [.. mutated.Sites.Select(_ => new List<string>())];
        Trace(new MutatedTests(mutated));
    }

    /// <summary>Writes a verdict for each of the sites into the table.</summary>
    public void Search(IEnumerable<int> sites, KillerTable table)
    {
        ConcurrentQueue<int> left = new(sites);
        Workers.Run(_mutated, tests =>
        {
            while (left.TryDequeue(out int site))
            {
                Verdict verdict = FindKiller(tests, site) is { } killer ? new Verdict(killer) : Verdict.Survives;
                Enter(table, _mutated.Sites[site], verdict);
                Console.Error.WriteLine($"{left.Count} left; {_mutated.Sites[site]}: {verdict}");
            }
        });
    }

    // What somebody wrote about a test that is missing stays until there is one.
    private static void Enter(KillerTable table, MutationSite site, Verdict verdict)
    {
        lock (table)
        {
            if (verdict.IsTest || table[site].IsOpen)
                table[site] = verdict;
        }
    }

    private void Trace(MutatedTests tests)
    {
        Console.Error.WriteLine($"{_mutated.Sites.Count} sites, {tests.Cases.Count} tests");
        List<Exception> failures = [];
        foreach (TestCase test in tests.Cases)
        {
            (TestRun run, int[] sites) = tests.Trace(test);
            if (run.HasFailed)
                failures.Add(new InvalidOperationException($"{test.Name} fails with nothing mutated.", run.Failure));
            _runs.Add(test.Name, run);
            foreach (int site in sites)
                _reaching[site].Add(test.Name);
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private string? FindKiller(MutatedTests tests, int site) => _reaching[site]
        .OrderBy(name => tests.Find(name)!.IsRandom)
        .ThenBy(name => _runs[name].Time)
        .FirstOrDefault(name => Kills(tests, name, site));

    private bool Kills(MutatedTests tests, string name, int site) =>
        Enumerable.Range(0, 1 + Confirmations).All(_ => tests.Run(tests.Find(name)!, site, Budget.For(_runs[name])).HasFailed);
}
