using System.Text;

namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>The page <c>docs/vtd-conformance.md</c>: each statement with the tests that prove it, or the reason why it is not modelled.</summary>
internal static class ConformancePage
{
    private const string Beginning = """
        # Conformance of the emulated unit

        This page lists the statements of the *Intel Virtualization Technology for Directed I/O* specification, revision 5.10, that bind hardware, and some that
        bind software. The wording is that of this project. Each statement has the tests that fail if the unit violates the statement, or the reason why
        [the emulated unit](emulated-unit.md) does not model it.

        The id of a statement is the section of the specification and a number in the section. A label such as `SCT.9` is a condition of Table 30 of the
        specification. A value such as 48h in parentheses is a fault reason. "(from 5.0)" gives the revisions in which a statement holds.

        This page is generated from [the lists of statements](../tests/IoAsid.Typed.Emulation.Tests/Specification) and from the tests. A test names its
        statements by `[Specification("6.5.2.3/4")]`, and `--filter-trait "VT-d=6.5.2.3/4"` runs the tests of one statement. With
        `IOASID_UPDATE_EXPECTED_OUTPUT=1`, a test run writes the page.


        """;

    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["3"] = "DMA remapping",
        ["4"] = "Device TLBs",
        ["6"] = "Caching translation information",
        ["7"] = "Address translation faults",
        ["9"] = "Translation structure formats",
        ["11"] = "Register descriptions",
    };

    public static string Render(IReadOnlyList<Statement> statements, ILookup<string, TestReference> tests)
    {
        StringBuilder page = new(Beginning);
        page.Append("| chapter | statements | shown by tests | not modelled |\n|---|---|---|---|\n");
        foreach (IGrouping<string, Statement> chapter in statements.GroupBy(statement => statement.Chapter))
            page.Append($"| [{Heading(chapter.Key)}](#{Anchor(Heading(chapter.Key))}) | {chapter.Count()} | {chapter.Count(statement => statement.IsModelled)} | {chapter.Count(statement => !statement.IsModelled)} |\n");
        foreach (IGrouping<string, Statement> chapter in statements.GroupBy(statement => statement.Chapter))
        {
            page.Append($"\n## {Heading(chapter.Key)}\n\n| id | statement | tests |\n|---|---|---|\n");
            foreach (Statement statement in chapter)
                page.Append($"| {statement.Id} | {Escape(TextOf(statement))} | {ShownBy(statement, tests)} |\n");
        }

        return page.ToString();
    }

    private static string Heading(string chapter) => $"Chapter {chapter}: {Titles[chapter]}";

    private static string Anchor(string heading) => heading.ToLowerInvariant().Replace(":", "", StringComparison.Ordinal).Replace(' ', '-');

    private static string TextOf(Statement statement) =>
        statement.Revisions.Length == 0 ? statement.Text : $"{statement.Text} ({statement.Revisions})";

    private static string ShownBy(Statement statement, ILookup<string, TestReference> tests) => statement.IsModelled
        ? string.Join("<br>", tests[statement.Id].Select(test => $"[{test.Name}](../{test.File})"))
        : $"Not modelled. {Escape(statement.Reason)}";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
