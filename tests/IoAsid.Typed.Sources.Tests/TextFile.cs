using System.Globalization;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>A text file of the repository.</summary>
/// <param name="Path">The path from the root, with slashes.</param>
/// <param name="Text">The content.</param>
internal sealed record TextFile(string Path, string Text)
{
    private static readonly string[] s_kinds =
        [".cs", ".csproj", ".editorconfig", ".globalconfig", ".json", ".md", ".props", ".sh", ".svg", ".targets", ".tsv", ".txt", ""];

    // The folders that builds, tools and the version control system write.
    private static readonly string[] s_written = [".git", ".vs", ".idea", "artifacts", "bin", "obj", "TestResults"];

    private static readonly Lazy<IReadOnlyList<TextFile>> s_all = new(() => [.. Read()]);

    /// <summary>All files that are written by hand, in the order of their paths.</summary>
    public static IReadOnlyList<TextFile> All => s_all.Value;

    /// <summary>The pages of Markdown.</summary>
    public static IEnumerable<TextFile> Pages => All.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>Returns the path, the number and the text of a line.</summary>
    /// <param name="position">A position in the line.</param>
    public string Describe(int position)
    {
        int line = Text.AsSpan(0, position).Count('\n');
        return string.Create(CultureInfo.InvariantCulture, $"{Path}:{line + 1}: {Text.Split('\n')[line].Trim()}");
    }

    private static IEnumerable<TextFile> Read() =>
        from file in Enumerate(new DirectoryInfo(WorkingTree.PathOf(".")))
        let path = System.IO.Path.GetRelativePath(WorkingTree.PathOf("."), file.FullName).Replace('\\', '/')
        where s_kinds.Contains(file.Extension == path ? "" : file.Extension)
        orderby path
        select new TextFile(path, File.ReadAllText(file.FullName).ReplaceLineEndings("\n"));

    private static IEnumerable<FileInfo> Enumerate(DirectoryInfo folder) =>
        [.. folder.EnumerateFiles(), .. folder.EnumerateDirectories().Where(inner => !s_written.Contains(inner.Name)).SelectMany(Enumerate)];
}
