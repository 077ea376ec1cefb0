using System.Text.RegularExpressions;

namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>A test that names a statement of the specification.</summary>
/// <param name="Statement">The id of the statement.</param>
/// <param name="Class">The class of the test.</param>
/// <param name="Method">The method of the test.</param>
/// <param name="File">The file of the test, from the root of the repository.</param>
internal sealed record TestReference(string Statement, string Class, string Method, string File)
{
    public string Name => $"{Class}.{Method}";
}

/// <summary>
/// The search for tests that name statements. It reads the sources of all test projects, because the projects do not reference each other.
/// </summary>
internal static partial class TestReferences
{
    public static IReadOnlyList<TestReference> Find() =>
        [.. WorkingTree.Files("tests", "*Tests.cs")
            .Order(StringComparer.Ordinal)
            .SelectMany(Find)];

    private static IEnumerable<TestReference> Find(string path)
    {
        string file = Path.GetRelativePath(WorkingTree.PathOf(""), path).Replace('\\', '/');
        return from Match match in Test().Matches(File.ReadAllText(path))
               from Capture id in match.Groups["id"].Captures
               select new TestReference(id.Value, Path.GetFileNameWithoutExtension(path), match.Groups["name"].Value, file);
    }

    // Matches attributes on lines of their own, with those that name statements, and the method after them.
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
