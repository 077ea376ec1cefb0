namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>
/// The verdicts of all sites, in a file: lines of file, member, operator, text and verdict, apart by tabs. A verdict is the name of a test, <c>equivalent: </c>
/// or <c>todo: </c> with a reason, or <c>survives</c>.
/// </summary>
internal sealed class KillerTable
{
    private readonly SortedDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);

    public static KillerTable Parse(string lines)
    {
        KillerTable table = new();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int end = line.LastIndexOf('\t');
            table._verdicts.Add(line[..end], new Verdict(line[(end + 1)..]));
        }

        return table;
    }

    public Verdict this[MutationSite site]
    {
        get => _verdicts.GetValueOrDefault(site.Id);
        set => _verdicts[site.Id] = value;
    }

    /// <summary>The verdicts on sites that are not among these.</summary>
    public IReadOnlyList<string> Without(IEnumerable<MutationSite> sites) =>
        [.. _verdicts.Keys.Except(sites.Select(site => site.Id), StringComparer.Ordinal)];

    public void Forget(string site) => _verdicts.Remove(site);

    public override string ToString() => string.Concat(_verdicts.Select(row => $"{row.Key}\t{row.Value}\n"));
}
