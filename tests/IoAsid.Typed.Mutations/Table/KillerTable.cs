namespace IoAsid.Typed.Mutations;

/// <summary>
/// The verdicts of all sites, in a file. A line with a member and its fingerprint is followed by a line for each of its sites, in the order of the code: operator,
/// shape and verdict. A verdict is the name of a test, <c>equivalent: </c> or <c>todo: </c> with a reason, or <c>survives</c>. No key holds source text.
/// </summary>
internal sealed class KillerTable
{
    private readonly SortedDictionary<string, (string Fingerprint, List<KillerRow> Rows)> _members = new(StringComparer.Ordinal);

    public static KillerTable Parse(string lines)
    {
        KillerTable table = new();
        List<KillerRow> rows = [];
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.TrimEnd('\r').Split('\t');
            if (fields is ["", var @operator, var shape, var verdict])
                rows.Add(new KillerRow(@operator, shape, new Verdict(verdict)));
            else if (fields is [var member, var fingerprint])
                table._members.Add(member, (fingerprint, rows = []));
            else
                throw new FormatException($"No line of a table of killers: {line}");
        }

        return table;
    }

    public static KillerTable Of(IReadOnlyList<MutationSite> sites, Func<int, Verdict> verdictOf)
    {
        KillerTable table = new();
        foreach ((MutatedMember member, IReadOnlyList<int> own) in MemberSites.Of(sites))
            table._members.Add(member.Name, (member.Fingerprint, [.. own.Select(site => new KillerRow(sites[site], verdictOf(site)))]));
        return table;
    }

    public IEnumerable<MutatedMember> Members => _members.Select(member => new MutatedMember(member.Key, member.Value.Fingerprint));

    public IReadOnlyList<KillerRow> RowsOf(MutatedMember member) => _members[member.Name].Rows;

    /// <summary>Returns the table with new names of types, members and tests.</summary>
    public KillerTable Renamed(Renaming renaming)
    {
        KillerTable table = new();
        foreach ((string member, (string fingerprint, List<KillerRow> rows)) in _members)
        {
            string name = renaming.Apply(member);
            if (!table._members.TryAdd(name, (fingerprint, [.. rows.Select(row => row with { Verdict = Renamed(row.Verdict, renaming) })])))
                throw new InvalidOperationException($"Two members would be called {name}. Rename one to a name of its own; the search finds it by its shape.");
        }

        return table;
    }

    public override string ToString() => string.Concat(_members.Select(member =>
        $"{member.Key}\t{member.Value.Fingerprint}\n{string.Concat(member.Value.Rows.Select(row => $"\t{row.Operator}\t{row.Shape}\t{row.Verdict}\n"))}"));

    private static Verdict Renamed(Verdict verdict, Renaming renaming) => verdict.IsTest ? new Verdict(renaming.Apply(verdict.Text)) : verdict;
}
