namespace IoAsid.Typed.Mutations;

/// <summary>The update of a table for the present code. Unchanged members keep their rows, and none of their tests is run.</summary>
internal static class TableUpdate
{
    private const string Changed = "1";
    private const int SaveEvery = 20;

    /// <summary>Returns the table for the present code.</summary>
    /// <param name="mutated">The mutated assembly.</param>
    /// <param name="table">The table for the code before its changes.</param>
    /// <param name="scope">
    /// <c>1</c> for changed members, or <c>all</c> to try every test and every <c>todo</c> too. Otherwise folders or files, separated by commas: all of their sites are
    /// tried, and no others.
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

    // A search without a result keeps the reason if the code of the site is unchanged, even if other code of the member has changed.
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
