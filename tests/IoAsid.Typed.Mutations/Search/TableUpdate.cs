namespace IoAsid.Typed.Mutations;

/// <summary>Writes a table again for the code as it is. Members that did not change keep their rows without a run of any test.</summary>
internal static class TableUpdate
{
    private const string Changed = "1";
    private const int SaveEvery = 20;

    /// <summary>Returns the table for the code as it is.</summary>
    /// <param name="mutated">The mutated assembly.</param>
    /// <param name="table">The table for former code.</param>
    /// <param name="scope">
    /// <c>1</c> for what changed; <c>all</c> for every test and <c>todo</c> as well; or the folders or files, apart by commas, in which everything is tried and
    /// nothing elsewhere.
    /// </param>
    /// <param name="save">The save of the table during the search, which keeps the results of a search that ends early.</param>
    public static KillerTable Run(MutatedAssembly mutated, KillerTable table, string scope, Action<KillerTable> save)
    {
        Lock saving = new();
        int found = 0;
        TableMatch match = new(table, mutated.Sites);
        MutatedTests tests = new(mutated);
        Verdict[] verdicts = [.. Indexes(mutated).Select(site => match[site].Verdict)];
        KillerSearch search = new(mutated);

        bool IsSearched(int site) => scope == Changed || IsIn(scope, mutated.Sites[site]);
        bool MustProve(int site) => !match[site].IsOfSameMember || tests.Find(verdicts[site].Text) is null || IsIn(scope, mutated.Sites[site]);
        int[] doubtful = [.. Indexes(mutated).Where(site => verdicts[site].IsTest && IsSearched(site) && MustProve(site))];
        int[] open = [.. Indexes(mutated).Where(site => (match[site].IsOpen && IsSearched(site)) || (verdicts[site].IsTodo && IsIn(scope, mutated.Sites[site])))];

        search.Search([.. open, .. search.WithoutProof(doubtful, site => verdicts[site])], site => verdicts[site], (site, killer) =>
        {
            lock (saving)
            {
                verdicts[site] = killer.IsTest ? killer : AfterSearch(match[site]);
                if (++found % SaveEvery == 0)
                    save(Current());
            }
        });
        return Current();

        KillerTable Current() => KillerTable.Of(mutated.Sites, site => verdicts[site].Text is null ? Verdict.NotSearched : verdicts[site]);
    }

    // A reason stays while the code that it is about stays, also in a member that changed elsewhere.
    private static Verdict AfterSearch(KnownVerdict known)
    {
        if (known.Verdict.Text is null)
            return Verdict.Survives;
        return known.IsOfSameCode && !known.Verdict.IsTest ? known.Verdict : known.Verdict.AfterChange();
    }

    private static bool IsIn(string scope, MutationSite site) =>
        scope == "all" || scope.Split(',').Any(place => site.Place.StartsWith(place, StringComparison.Ordinal));

    private static IEnumerable<int> Indexes(MutatedAssembly mutated) => Enumerable.Range(0, mutated.Sites.Count);
}
