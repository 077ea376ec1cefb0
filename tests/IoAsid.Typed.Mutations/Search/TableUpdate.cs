namespace IoAsid.Typed.Mutations;

/// <summary>Writes a table again for the code as it is. Members that did not change keep their rows without a run of any test.</summary>
internal static class TableUpdate
{
    /// <summary>Returns the table for the code as it is.</summary>
    /// <param name="mutated">The mutated assembly.</param>
    /// <param name="table">The table for former code.</param>
    /// <param name="scope">Folders or files, apart by commas, whose tests and <c>todo</c> are tried as well; <c>all</c> for all.</param>
    public static KillerTable Run(MutatedAssembly mutated, KillerTable table, string scope)
    {
        TableMatch match = new(table, mutated.Sites);
        MutatedTests tests = new(mutated);
        Verdict[] verdicts = [.. Indexes(mutated).Select(site => match[site].Verdict)];
        KillerSearch search = new(mutated);

        bool MustProve(int site) => !match[site].IsOfSameMember || tests.Find(verdicts[site].Text) is null || IsIn(scope, mutated.Sites[site]);
        int[] doubtful = [.. Indexes(mutated).Where(site => verdicts[site].IsTest && MustProve(site))];
        int[] open = [.. Indexes(mutated).Where(site => match[site].IsOpen || (verdicts[site].IsTodo && IsIn(scope, mutated.Sites[site])))];

        search.Search([.. open, .. search.WithoutProof(doubtful, site => verdicts[site])], site => verdicts[site], (site, found) =>
            verdicts[site] = found.IsTest ? found : AfterSearch(match[site]));
        return KillerTable.Of(mutated.Sites, site => verdicts[site]);
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
