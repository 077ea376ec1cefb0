namespace IoAsid.Typed.Mutations;

/// <summary>
/// The row of each site. A member keeps its rows while its fingerprint is the same, also under a new name. In a changed member, rows follow sites of
/// the same shape.
/// </summary>
internal sealed class TableMatch
{
    private readonly KillerTable _table;
    private readonly KnownVerdict[] _known;
    private readonly List<string> _gone = [];
    private readonly List<string> _moved = [];
    private readonly List<MemberSites> _members;
    private readonly List<MutatedMember> _unmatched;
    private readonly IReadOnlyList<MutationSite> _sites;

    public TableMatch(KillerTable table, IReadOnlyList<MutationSite> sites)
    {
        _table = table;
        _sites = sites;
        _known = new KnownVerdict[sites.Count];
        _members = [.. MemberSites.Of(sites)];
        _unmatched = [.. table.Members];

        MatchSame();
        MatchOverloads();
        MatchChanged();
        MatchMoved();
        _gone.AddRange(_unmatched.SelectMany(member => table.RowsOf(member).Select(row => Describe(member, row))));
    }

    /// <summary>The rows whose sites no longer exist.</summary>
    public IReadOnlyList<string> Gone => _gone;

    /// <summary>The members whose rows are under a former name.</summary>
    public IReadOnlyList<string> Moved => _moved;

    public KnownVerdict this[int site] => _known[site];

    private void MatchSame() => Match((old, @new) => old == @new, (_, _) => true);

    // A new overload before this one changes the number in its name.
    private void MatchOverloads() => Match((old, @new) => IsOverload(old, @new) && old.Fingerprint == @new.Fingerprint, (_, _) => true);

    private void MatchChanged() => Match((old, @new) => old.Name == @new.Name, (_, _) => false);

    // If several members have one shape, their names decide. Without equal names, the tests are run again.
    private void MatchMoved()
    {
        MatchUnique((old, @new) => MemberOf(old) == MemberOf(@new));
        MatchUnique((old, @new) => TypeOf(old) == TypeOf(@new));
        MatchUnique((_, _) => true);
        Match((old, @new) => old.Fingerprint == @new.Fingerprint, (old, @new) => NoteMove(old, @new) && false);
    }

    private void MatchUnique(Func<MutatedMember, MutatedMember, bool> isAlike)
    {
        ILookup<string, MutatedMember> olds = _unmatched.ToLookup(member => member.Fingerprint, StringComparer.Ordinal);
        ILookup<string, MutatedMember> news = _members.Select(member => member.Member).ToLookup(member => member.Fingerprint, StringComparer.Ordinal);
        bool IsOnlyOne(MutatedMember old, MutatedMember @new) => old.Fingerprint == @new.Fingerprint && isAlike(old, @new)
            && olds[old.Fingerprint].Count(other => isAlike(other, @new)) == 1
            && news[old.Fingerprint].Count(other => isAlike(old, other)) == 1;
        Match(IsOnlyOne, NoteMove);
    }

    private void Match(Func<MutatedMember, MutatedMember, bool> isMatch, Func<MutatedMember, MutatedMember, bool> isSame)
    {
        foreach (MutatedMember old in _unmatched.ToArray())
        {
            if (_members.Find(candidate => isMatch(old, candidate.Member)) is not { } member)
                continue;
            _unmatched.Remove(old);
            _members.Remove(member);
            Assign(old, member.Sites, isSame(old, member.Member));
        }
    }

    private void Assign(MutatedMember member, IReadOnlyList<int> sites, bool isSame)
    {
        IReadOnlyList<KillerRow> rows = _table.RowsOf(member);
        int[] rowOf = Alignment.Of(rows, [.. sites.Select(site => _sites[site])]);
        for (int at = 0; at < sites.Count; at++)
        {
            if (rowOf[at] >= 0)
                _known[sites[at]] = new KnownVerdict(rows[rowOf[at]].Verdict, isSame, rows[rowOf[at]].HasShapeOf(_sites[sites[at]]));
        }

        _gone.AddRange(Enumerable.Range(0, rows.Count).Except(rowOf).Select(row => Describe(member, rows[row])));
    }

    private bool NoteMove(MutatedMember old, MutatedMember @new)
    {
        _moved.Add($"{old.Name} is {@new.Name} now");
        return true;
    }

    private static string Describe(MutatedMember member, KillerRow row) => $"{member.Name} {row.Operator} {row.Shape}: {row.Verdict}";

    private static bool IsOverload(MutatedMember old, MutatedMember @new) => old.Name.Split('~')[0] == @new.Name.Split('~')[0];

    private static string MemberOf(MutatedMember member) => member.Name[(member.Name.LastIndexOf('.') + 1)..];

    private static string TypeOf(MutatedMember member) => member.Name[..Math.Max(0, member.Name.LastIndexOf('.'))];
}
