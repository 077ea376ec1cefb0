using System.Collections.Concurrent;

namespace IoAsid.Typed.Mutations;

/// <summary>The search for a test of each site that fails if the site is mutated. Of the tests that reach the site, it tries the quickest first and random tests last.</summary>
internal sealed class KillerSearch(MutatedAssembly mutated)
{
    private const int Confirmations = 1;

    private readonly ConcurrentDictionary<string, TestRun> _runs = new(StringComparer.Ordinal);
    private readonly List<string>[] _reaching = [.. mutated.Sites.Select(_ => new List<string>())];

    /// <summary>Returns the sites whose test does not exist, or passes although the site is mutated.</summary>
    public IReadOnlyCollection<int> WithoutProof(IEnumerable<int> sites, Func<int, Verdict> verdictOf)
    {
        ConcurrentQueue<int> failed = [];
        ForEach(sites, (tests, site) =>
        {
            if (tests.Find(verdictOf(site).Text) is not { } killer || !Kills(tests, killer, site))
                failed.Enqueue(site);
        });
        return failed;
    }

    /// <summary>Searches for a test of each site. The tests of the method in the former verdict are tried first.</summary>
    public void Search(IReadOnlyCollection<int> sites, Func<int, Verdict> formerOf, Action<int, Verdict> found)
    {
        if (sites.Count == 0)
            return;
        Trace(new MutatedTests(mutated));
        int left = sites.Count;
        ForEach(sites, (tests, site) =>
        {
            Verdict verdict = FindKiller(tests, site, formerOf(site)) is { } killer ? new Verdict(killer) : Verdict.Survives;
            found(site, verdict);
            Console.Error.WriteLine($"{Interlocked.Decrement(ref left)} left; {mutated.Sites[site]}: {verdict}");
        });
    }

    private void ForEach(IEnumerable<int> sites, Action<MutatedTests, int> act)
    {
        ConcurrentQueue<int> left = new(sites);
        if (left.IsEmpty)
            return;
        Workers.Run(mutated, tests =>
        {
            while (left.TryDequeue(out int site))
                act(tests, site);
        });
    }

    private void Trace(MutatedTests tests)
    {
        Console.Error.WriteLine($"{mutated.Sites.Count} sites, {tests.Cases.Count} tests");
        List<Exception> failures = [];
        foreach (TestCase test in tests.Cases)
        {
            (TestRun run, int[] sites) = tests.Trace(test);
            if (run.HasFailed)
                failures.Add(new InvalidOperationException($"{test.Name} fails with nothing mutated.", run.Failure));
            _runs[test.Name] = run;
            foreach (int site in sites)
                _reaching[site].Add(test.Name);
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private string? FindKiller(MutatedTests tests, int site, Verdict former) => _reaching[site]
        .OrderBy(name => tests.Find(name)!.IsRandom)
        .ThenByDescending(name => former.IsTest && MethodOf(name) == MethodOf(former.Text))
        .ThenBy(name => _runs[name].Time)
        .FirstOrDefault(name => Kills(tests, tests.Find(name)!, site));

    private bool Kills(MutatedTests tests, TestCase test, int site)
    {
        TestRun unmutated = _runs.GetOrAdd(test.Name, _ => tests.Run(test));
        return !unmutated.HasFailed && Enumerable.Range(0, 1 + Confirmations).All(_ => tests.Run(test, site, Budget.For(unmutated)).HasFailed);
    }

    private static string MethodOf(string test) => test.Split('[')[0];
}
