namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>The lists of statements of the specification, with one file per chapter.</summary>
internal static class StatementList
{
    private const string Header = "id\trevisions\tstatement\tnot modelled";

    /// <summary>Reads all files, in the order of the chapters.</summary>
    public static IReadOnlyList<Statement> Read() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Specification"), "chapter-*.tsv")
            .OrderBy(NumberOf)
            .SelectMany(Read)];

    private static IEnumerable<Statement> Read(string file)
    {
        string[] lines = File.ReadAllLines(file);
        Assert.Equal(Header, lines[0]);
        return lines.Skip(1).Select(line => line.Split('\t') is [string id, string revisions, string text, string reason]
            ? new Statement(id, revisions, text, reason)
            : throw new InvalidDataException($"{Path.GetFileName(file)}: a line must have four columns. Correct this line: {line}"));
    }

    private static int NumberOf(string file) => int.Parse(Path.GetFileNameWithoutExtension(file)["chapter-".Length..]);
}
