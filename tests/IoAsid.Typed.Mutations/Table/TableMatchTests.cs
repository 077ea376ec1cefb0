using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Mutations;

public sealed class TableMatchTests
{
    private const string Code = """
        class Table
        {
            void Fill() { First(1); Second(2); }
            void Clear(int a) { First(a); }
            void Clear(string a) { if (a == null) return; First(a); }
        }
        """;

    [Theory]
    [InlineData("", "")]
    [InlineData("Table", "Directory")]
    [InlineData("Fill", "Load")]
    [InlineData("First", "Begin")]
    [InlineData("Clear", "Reset")]
    [InlineData("(int a)", "(Pasid a)")]
    public void Rows_survive_renames_without_a_search(params string[] renames)
    {
        string renamed = Code;
        for (int at = 0; at < renames.Length && renames[at].Length > 0; at += 2)
            renamed = renamed.Replace(renames[at], renames[at + 1], StringComparison.Ordinal);

        (TableMatch match, int sites) = Match(Code, renamed);

        Assert.Equal(["0 same", "1 same", "2 same", "3 same", "4 same"], Enumerable.Range(0, sites).Select(site => Describe(match[site])));
        Assert.Empty(match.Gone);
    }

    [Fact]
    public void Moves_are_reported()
    {
        (TableMatch match, _) = Match(Code, Code.Replace("Fill", "Load", StringComparison.Ordinal));

        Assert.Equal(["Table.Fill is Table.Load now"], match.Moved);
    }

    [Theory]
    [InlineData("First(1); Second(2);", "First(1); Third(3); Second(2);", "0 shape|open|1 shape", "")]
    [InlineData("First(1); Second(2);", "Second(2);", "1 shape", "Table.Fill step a(1);: 0")]
    [InlineData("First(1); Second(2);", "First(1); Second(2, 3);", "0 shape|1 operator", "")]
    [InlineData("First(1); Second(2);", "First(1); if (_full) Second(2);", "0 shape|open|1 shape", "")]
    public void Rows_of_a_changed_member_follow_their_shapes(string before, string after, string sites, string gone)
    {
        (TableMatch match, _) = Match(Code, Code.Replace(before, after, StringComparison.Ordinal));

        Assert.Equal(sites, string.Join('|', Enumerable.Range(0, sites.Split('|').Length).Select(site => Describe(match[site]))));
        Assert.Equal(gone, string.Join('|', match.Gone));
    }

    [Fact]
    public void Overload_in_front_of_others_takes_no_rows()
    {
        (TableMatch match, int sites) = Match(Code, Code.Replace("void Fill", "void Clear() { Third(3); } void Fill", StringComparison.Ordinal));

        Assert.Equal(["open", "0 same", "1 same", "2 same", "3 same", "4 same"], Enumerable.Range(0, sites).Select(site => Describe(match[site])));
    }

    [Fact]
    public void Reason_counts_only_for_the_member_it_was_written_for()
    {
        KnownVerdict reason = new(new Verdict("equivalent: the table is empty"), IsOfSameMember: true, IsOfSameCode: true);
        KnownVerdict test = new(new Verdict("TableTests.Fills"), IsOfSameMember: true, IsOfSameCode: true);

        Assert.False(reason.IsOpen);
        Assert.True((reason with { IsOfSameMember = false }).IsOpen);
        Assert.False((test with { IsOfSameMember = false }).IsOpen);
    }

    [Fact]
    public void Table_is_read_as_it_is_written()
    {
        string written = TableOf(SitesOf(Code)).ToString();

        Assert.Equal(written, KillerTable.Parse(written).ToString());
    }

    private static (TableMatch Match, int Sites) Match(string before, string after)
    {
        IReadOnlyList<MutationSite> sites = SitesOf(after);
        return (new TableMatch(TableOf(SitesOf(before)), sites), sites.Count);
    }

    private static KillerTable TableOf(IReadOnlyList<MutationSite> sites) =>
        KillerTable.Of(sites, site => new Verdict(site.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static IReadOnlyList<MutationSite> SitesOf(string code)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(code);
        SiteBook book = new(folder: "");
        new MutantWriter(CSharpCompilation.Create("code", [tree]).GetSemanticModel(tree), book).Visit(tree.GetRoot());
        return book.Sites;
    }

    private static string Describe(KnownVerdict known) => known switch
    {
        { Verdict.IsOpen: true } => "open",
        { IsOfSameMember: true } => $"{known.Verdict} same",
        { IsOfSameCode: true } => $"{known.Verdict} shape",
        _ => $"{known.Verdict} operator",
    };
}
