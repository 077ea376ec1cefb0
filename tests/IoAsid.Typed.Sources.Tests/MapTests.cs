using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The maps of the project in its pages name existing folders, references, types and members.</summary>
public sealed partial class MapTests
{
    private static readonly string[] s_shipped = ["src", "analyzers"];

    private static readonly string[] s_roots = [.. s_shipped, "tests", "samples", "benchmarks"];

    private static readonly Lazy<HashSet<string>> s_names = new(() => [.. SourceFile.All.Where(IsShipped).SelectMany(Names)]);

    [Fact]
    public void Diagram_of_assemblies_has_the_references_of_the_projects()
    {
        string page = WorkingTree.Read("docs/architecture.md");
        Dictionary<string, string> assemblies = Nodes().Matches(page).ToDictionary(node => node.Groups["id"].Value, node => node.Groups["assembly"].Value);
        string[] drawn = [.. Arrows().Matches(page).Select(arrow => $"{assemblies[arrow.Groups["from"].Value]} --> {assemblies[arrow.Groups["to"].Value]}").Order()];
        string[] projects = [.. s_shipped.SelectMany(Projects)];

        Assert.Equal(projects.Select(Path.GetFileNameWithoutExtension).Order(), assemblies.Values.Order());
        Assert.Equal(projects.SelectMany(References).Order(), drawn);
    }

    [Fact]
    public void Diagram_of_assemblies_has_an_alternative_text()
    {
        string page = WorkingTree.Read("docs/architecture.md");
        Assert.Matches("accTitle: .+", page);
        Assert.Matches("accDescr: .+", page);
    }

    [Fact]
    public void Links_to_code_name_types_and_members_of_the_linked_file()
    {
        string[] dead = [.. TextFile.Pages.SelectMany(DeadLinks)];
        Assert.True(dead.Length == 0, string.Join(Environment.NewLine, dead));
    }

    [Theory]
    [InlineData("[`TextFile.Describe`](TextFile.cs)", 0)]
    [InlineData("[`TextFile.Explain`](TextFile.cs)", 1)]
    [InlineData("[`Page`](TextFile.cs)", 1)]
    [InlineData("[`TextFile`](Nowhere.cs)", 1)]
    [InlineData("[the file](TextFile.cs), [`TextFile`](..)", 0)]
    [InlineData("[`MapTests`](MapTests.cs#L3), [`UnitCaches`](https://example.org/a.cs)", 0)]
    public void Dead_links_to_code(string page, int dead) =>
        Assert.Equal(dead, DeadLinks(new TextFile("tests/IoAsid.Typed.Sources.Tests/a.md", page)).Count());

    [Fact]
    public void Glossary_names_code_that_exists()
    {
        string[] words = [.. GlossaryRows().Matches(WorkingTree.Read("docs/glossary.md")).SelectMany(row => Code().Matches(row.Groups["code"].Value)).Select(code => code.Groups["name"].Value)];
        Assert.True(words.Length > 60);
        string[] unknown = [.. words.Where(word => !s_names.Value.Contains(word))];
        Assert.Empty(unknown);
    }

    [Fact]
    public void Glossary_has_one_meaning_for_a_word_of_a_section()
    {
        IEnumerable<string> words = WorkingTree.Read("docs/glossary.md").Split("\n## ")
            .SelectMany(section => GlossaryRows().Matches(section).Select(row => $"{section.Split('\n')[0]}: {row.Groups["word"].Value}"));
        Assert.Empty(words.GroupBy(word => word).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void Coverage_names_code_and_mutants_that_exist()
    {
        string page = WorkingTree.Read("docs/coverage.md");
        string[] unknown = [.. CoverageRows().Matches(page).SelectMany(row => Code().Matches(row.Value)).Select(code => code.Groups["name"].Value).Where(name => !s_names.Value.Contains(name))];
        Assert.Empty(unknown);
        Assert.Equal(
            Mutants().Matches(WorkingTree.Read("tests/IoAsid.Typed.Exploration/Mutants/run.sh")).Select(mutant => mutant.Groups["name"].Value),
            MutantRows().Matches(page).Select(mutant => mutant.Groups["name"].Value));
    }

    [Fact]
    public void Coverage_has_the_floors_of_the_checks() => Assert.Equal(
        CheckedFloors().Matches(WorkingTree.Read(".ci/run")).Select(floor => floor.Groups["percent"].Value),
        FloorRows().Matches(WorkingTree.Read("docs/coverage.md")).Select(row => row.Groups["percent"].Value));

    [Fact]
    public void Table_of_folders_in_contributing_is_complete()
    {
        string page = WorkingTree.Read("CONTRIBUTING.md");
        string[] named = [.. FolderRows().Matches(page).Select(row => row.Groups["folder"].Value)];
        string[] folders = [.. s_roots.SelectMany(Folders), .. Folders("templates"), .. Folders("tools"), "tools/optional", "docs", ".ci"];
        Assert.Equal(folders.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    private static bool IsShipped(SourceFile file) => s_shipped.Any(root => file.Path.StartsWith($"{root}/", StringComparison.Ordinal));

    private static IEnumerable<string> Folders(string root) =>
        from folder in Directory.EnumerateDirectories(WorkingTree.PathOf(root))
        let name = Path.GetFileName(folder)
        where name is not ("bin" or "obj" or "artifacts") && !name.StartsWith('.')
        where Directory.EnumerateFiles(folder).Any() || SourceFile.All.Any(file => file.Path.StartsWith($"{root}/{name}/", StringComparison.Ordinal))
        select $"{root}/{name}";

    private static IEnumerable<string> Projects(string root) =>
        Directory.EnumerateDirectories(WorkingTree.PathOf(root)).SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"));

    private static IEnumerable<string> References(string project) =>
        from reference in XDocument.Load(project).Descendants("ProjectReference")
        select $"{Path.GetFileNameWithoutExtension(project)} --> {Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))}";

    private static IEnumerable<string> DeadLinks(TextFile page) =>
        from link in CodeLinks().Matches(page.Text)
        let path = Path.GetRelativePath(WorkingTree.PathOf("."), Path.Combine(WorkingTree.PathOf("."), Path.GetDirectoryName(page.Path)!, link.Groups["file"].Value)).Replace('\\', '/')
        let file = SourceFile.All.FirstOrDefault(file => file.Path == path)
        where file is null || !Names(file).Contains(link.Groups["name"].Value)
        select page.Describe(link.Index);

    // Returns the types of a file as "Type", their members as "Type.Member", and the last part of its namespace.
    private static IEnumerable<string> Names(SourceFile file) => file.Root.DescendantNodes().SelectMany(node => node switch
    {
        BaseTypeDeclarationSyntax type => Members(type).Select(member => $"{type.Identifier.ValueText}.{member}").Append(type.Identifier.ValueText),
        DelegateDeclarationSyntax type => [type.Identifier.ValueText],
        BaseNamespaceDeclarationSyntax space => [space.Name.ToString().Split('.')[^1]],
        _ => Enumerable.Empty<string>(),
    });

    private static IEnumerable<string> Members(BaseTypeDeclarationSyntax type) => type.ChildNodes().SelectMany(member => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        EnumMemberDeclarationSyntax value => [value.Identifier.ValueText],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        EventDeclarationSyntax @event => [@event.Identifier.ValueText],
        ParameterListSyntax parameters => parameters.Parameters.Select(parameter => parameter.Identifier.ValueText),
        _ => Enumerable.Empty<string>(),
    });

    [GeneratedRegex(@"\$\d < 0\.(?<percent>\d\d)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CheckedFloors();

    [GeneratedRegex(@"^\| (lines|branches) \| [\d.]+ % \| (?<percent>\d\d) % \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex FloorRows();

    [GeneratedRegex(@"^ *(?<id>\w+)\[""(?<assembly>[\w.]+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Nodes();

    [GeneratedRegex(@"^ *(?<from>\w+) --> (?<to>\w+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Arrows();

    [GeneratedRegex(@"\[`(?<name>[A-Z]\w*(\.[A-Z]\w*)?)`\]\((?!\w+://)(?<file>[^)#]+\.cs)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeLinks();

    [GeneratedRegex(@"^\| (?<word>[^|`]+) \| [^|]+ \| (?<code>`[^|]+) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex GlossaryRows();

    [GeneratedRegex(@"^\| (`[A-Z]\w+(\.\w+)?`(, | \|))+", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex CoverageRows();

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)` \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex MutantRows();

    [GeneratedRegex("^mutant (?<name>[a-z-]+) ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Mutants();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `(?<folder>[\w./]+)` \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex FolderRows();
}
