namespace IoAsid.Typed.Sources.Tests;

/// <summary>What the compiler's analyzers cannot hold: braces, creations, comments, folders and namespaces are alike in all sources.</summary>
public sealed class SourceStyleTests
{
    // Code that rules are tried on, and code before and after their fixes, looks like the code of others.
    private static readonly string[] s_material =
    [
        "samples/Migration/",
        "benchmarks/IoAsid.Typed.Benchmarks/Analyzers/Templates/",
        "tests/IoAsid.Typed.Analyzers.Tests/Bugs/",
        "tests/IoAsid.Typed.Analyzers.Tests/Corpus/",
        "tests/IoAsid.Typed.Analyzers.Tests/Situations/",
        "tests/IoAsid.Typed.Package.Tests/Consumers/",
    ];

    [Fact]
    public void Braces_stand_around_more_than_one_line() => AssertNone(
        BraceRule.Violations,
        "src/IoAsid.Typed.Emulation/",
        "src/IoAsid.Typed.Layouts/",
        "src/IoAsid.Typed.Linux/",
        "src/IoAsid.Typed.Vtd/",
        "analyzers/IoAsid.Typed.Analyzers/",
        "benchmarks/IoAsid.Typed.Benchmarks/Analyzers/",
        "benchmarks/IoAsid.Typed.Benchmarks/Linux/",
        "tests/IoAsid.Typed.Analyzers.Tests/",
        "tests/IoAsid.Typed.Linux.Tests/",
        "tests/IoAsid.Typed.Vtd.Tests/",
        "tests/linux/");

    [Fact]
    public void New_objects_are_typed_where_they_are_declared() => AssertNone(
        CreationRule.Violations,
        "src/IoAsid.Typed.Layouts/",
        "benchmarks/IoAsid.Typed.Benchmarks/Analyzers/",
        "tests/IoAsid.Typed.Layouts.Tests/",
        "tests/IoAsid.Typed.Vtd.Tests/");

    [Fact]
    public void Comments_are_sentences() => AssertNone(CommentRule.Violations, "tests/IoAsid.Typed.Analyzers.Tests/", "tests/IoAsid.Typed.Vtd.Tests/");

    [Fact]
    public void Page_constants_have_names() => AssertNone(
        PageConstantRule.Violations,
        "src/IoAsid.Typed.Emulation/",
        "src/IoAsid.Typed.Vtd/",
        "benchmarks/IoAsid.Typed.Benchmarks/",
        "samples/PageWalk/");

    [Fact]
    public void Ids_of_hardware_keep_their_type() => AssertNone(TypedIdRule.Violations);

    [Fact]
    public void Folders_are_at_most_two_deep() => AssertNone(LayoutRules.TooDeep);

    [Fact]
    public void Public_types_are_in_the_root_namespace() =>
        AssertNone(LayoutRules.OutsideRootNamespace, "analyzers/IoAsid.Typed.Analyzers/", "analyzers/IoAsid.Typed.CodeFixes/");

    /// <param name="rule">Finds the places of a file that differ.</param>
    /// <param name="notYet">Folders and files that do not follow the rule yet. Each of them has such a place, so the list can only shrink.</param>
    private static void AssertNone(Func<SourceFile, IEnumerable<string>> rule, params string[] notYet)
    {
        string[] violations = [.. SourceFile.All.Where(file => !IsBelow(file.Path, s_material)).SelectMany(rule)];
        string[] unexpected = [.. violations.Where(place => !IsBelow(place, notYet))];
        string[] done = [.. notYet.Where(folder => !violations.Any(place => IsBelow(place, [folder])))];
        Assert.True(unexpected.Length == 0, string.Join(Environment.NewLine, [$"{unexpected.Length} places differ:", .. unexpected]));
        Assert.True(done.Length == 0, $"These follow the rule now; take them out of the list: {string.Join(", ", done)}");
    }

    private static bool IsBelow(string path, string[] folders) => folders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));
}
