using System.Text.RegularExpressions;

namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>A test that names a statement of the specification.</summary>
/// <param name="Statement">The id that it names.</param>
/// <param name="Class">Its class.</param>
/// <param name="Method">Its name.</param>
/// <param name="File">Its file, from the root of the repository.</param>
internal sealed record TestReference(string Statement, string Class, string Method, string File)
{
    public string Name => $"{Class}.{Method}";
}

/// <summary>
/// Finds the tests that name statements, in the sources of all test projects: the projects that hold them do not refer to one another.
/// </summary>
internal static partial class TestReferences
{
    public static IReadOnlyList<TestReference> Find() =>
        [.. Directory.EnumerateFiles(WorkingTree.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(Find)];

    private static IEnumerable<TestReference> Find(string path)
    {
        string file = Path.GetRelativePath(WorkingTree.PathOf(""), path).Replace('\\', '/');
        return from Match match in Test().Matches(File.ReadAllText(path))
               from Capture id in match.Groups["id"].Captures
               select new TestReference(id.Value, Path.GetFileNameWithoutExtension(path), match.Groups["name"].Value, file);
    }

    // Attributes on lines of their own, among them those that name statements, and the method after them.
    [GeneratedRegex(
        """
        ^\ +\[Specification\(\s*(?:"(?<id>[^"]+)"(?:,\s*)?)+\)\]\s*\n
        (?:\ +(?:\[|//|\]).*\n)*?
        \ +public\ (?:static\ )?(?:async\ )?(?:void|Task)\ (?<name>\w+)
        """,
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Test();
}
