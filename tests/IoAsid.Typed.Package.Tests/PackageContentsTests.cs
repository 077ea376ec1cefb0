using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The packages of the solution, entry by entry.</summary>
public sealed partial class PackageContentsTests(PackedPackage package)
{
    public static TheoryData<PackedContents> Packages => [.. PackedContents.All];

    [Fact]
    public void Packing_the_solution_makes_exactly_these_packages() =>
        Assert.Equal(PackedContents.All.Select(contents => $"{contents.Id}.{package.Version}.nupkg"), package.FirstPack);

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_holds_exactly_these_files(PackedContents contents) => Assert.Equal(contents.AllFiles, Reader(contents).Files);

    [Theory]
    [MemberData(nameof(Packages))]
    public void Dependencies_are_packages_of_the_same_version(PackedContents contents)
    {
        XElement metadata = Reader(contents).Metadata;

        Assert.Equal(
            contents.Dependencies.Select(id => $"{id} {package.Version}"),
            metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(contents.HasLibrary ? ["net10.0"] : [], metadata.Descendants().Attributes("targetFramework").Select(attribute => attribute.Value));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Metadata_describes_the_package(PackedContents contents)
    {
        XElement metadata = Reader(contents).Metadata;
        string? Value(string element) => metadata.Element(metadata.Name.Namespace + element)?.Value;

        Assert.Multiple(
            () => Assert.Equal(contents.Id, Value("id")),
            () => Assert.Equal("MIT", Value("license")),
            () => Assert.Equal("README.md", Value("readme")),
            () => Assert.Equal("icon.png", Value("icon")),
            () => Assert.Equal(ProjectUrl, Value("projectUrl")),
            () => Assert.Equal($"{ProjectUrl}/blob/main/CHANGELOG.md", Value("releaseNotes")),
            () => Assert.StartsWith("ioasid ", Value("tags"), StringComparison.Ordinal),
            () => Assert.NotEmpty(Value("description")!));
        XElement repository = metadata.Element(metadata.Name.Namespace + "repository")!;
        Assert.Equal(("git", ProjectUrl), (repository.Attribute("type")!.Value, repository.Attribute("url")!.Value));
    }

    [Fact]
    public void Descriptions_differ() => Assert.Distinct(PackedContents.All.Select(contents =>
        Reader(contents).Metadata.Elements().Single(element => element.Name.LocalName == "description").Value));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Libraries_need_the_framework_and_the_dependencies_only(PackedContents contents) =>
        Assert.All(contents.Libraries, library => Assert.Empty(Reader(contents).ForeignReferences(library).Except(Reachable(contents))));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Libraries_declare_support_for_trimming_and_native_compilation(PackedContents contents) => Assert.All(
        contents.Libraries,
        library => Assert.Superset(new HashSet<string> { "IsTrimmable=True", "IsAotCompatible=True" }, Reader(contents).AssemblyMetadata(library).ToHashSet()));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_assembly_with_code_is_reproducible_and_carries_its_symbols(PackedContents contents) => Assert.All(
        contents.Assemblies,
        name => Assert.Superset(
            new HashSet<DebugDirectoryEntryType> { DebugDirectoryEntryType.Reproducible, DebugDirectoryEntryType.EmbeddedPortablePdb },
            Reader(contents).DebugEntries(name).ToHashSet()));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Symbols_link_to_the_sources_of_the_commit(PackedContents contents)
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(RepositoryRoot.Path, ".git")), "There is no commit: the folder is not a clone.");
        string repository = ProjectUrl["https://github.com/".Length..];

        Assert.All(contents.Assemblies, name =>
        {
            JsonElement documents = JsonDocument.Parse(Reader(contents).SourceLink(name)).RootElement.GetProperty("documents");
            Assert.All(documents.EnumerateObject(), document => Assert.Matches($"^https://raw\\.githubusercontent\\.com/{Regex.Escape(repository)}/[0-9a-f]{{40}}/", document.Value.GetString()));
        });
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Links_of_the_page_are_absolute_and_lead_to_files(PackedContents contents)
    {
        string page = Encoding.UTF8.GetString(Reader(contents).Read("README.md"));
        string[] links = [.. Links().Matches(page).Select(link => link.Groups["target"].Value)];

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.All(
            links.Where(link => link.StartsWith(ProjectUrl, StringComparison.Ordinal)),
            link => Assert.True(Path.Exists(Path.Combine(RepositoryRoot.Path, OwnLink().Replace(link[ProjectUrl.Length..], "").Split('#')[0])), link));
    }

    [Fact]
    public void Page_of_the_packages_names_each_with_its_dependencies()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "packages.md"));

        Assert.Equal(
            PackedContents.All.Select(contents => $"{contents.Id}: {string.Join(", ", contents.Dependencies)}").Order(StringComparer.Ordinal),
            PackageRows().Matches(page).Select(row => $"{row.Groups["id"].Value}: {Names(row.Groups["dependencies"].Value)}").Order(StringComparer.Ordinal));

        static string Names(string cell) => cell == "nothing" ? "" : cell.Replace("`", "", StringComparison.Ordinal).Replace(" .", " IoAsid.Typed.", StringComparison.Ordinal).TrimStart()
            is var names && names.StartsWith('.') ? $"IoAsid.Typed{names}" : names;
    }

    [Theory]
    [InlineData("src/IoAsid.Typed/buildTransitive/IoAsid.Typed.targets")]
    [InlineData("analyzers/IoAsid.Typed.Analyzers/Descriptors.cs")]
    [InlineData("analyzers/IoAsid.Typed.Layouts.Generator/Rules/LayoutDescriptors.cs")]
    public void Links_of_messages_begin_with_the_address_of_the_project(string file)
    {
        string[] links = [.. ForgeLinks().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, file))).Select(link => link.Value)];

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.StartsWith($"{ProjectUrl}/", link, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Transitional")]
    [InlineData("Converged")]
    public void Every_stage_decides_on_the_rules_that_the_default_stage_decides_on(string stage) =>
        Assert.Equal(ReadRules("Enforced"), ReadRules(stage));

    private static string ProjectUrl => RepositoryRoot.Property("ProjectUrl");

    private static IEnumerable<string> Reachable(PackedContents contents) =>
        contents.Dependencies.Concat(contents.Dependencies.SelectMany(id => Reachable(PackedContents.All.Single(other => other.Id == id))));

    private PackageReader Reader(PackedContents contents) => new(package.FileOf(contents.Id));

    private IEnumerable<string> ReadRules(string stage) =>
        from line in Encoding.UTF8.GetString(new PackageReader(package.File).Read($"buildTransitive/net10.0/severities/{stage}.globalconfig")).Split('\n')
        where line.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)
        select line.Split('=')[0];

    [GeneratedRegex(@"\]\((?<target>[^)#][^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"^\| `(?<id>IoAsid\.Typed[.\w]*)` \| [^|]+ \| (?<dependencies>[^|]+) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PackageRows();

    [GeneratedRegex("^/(blob|raw)/main/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnLink();

    [GeneratedRegex(@"https://github\.com/[^\s""{]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ForgeLinks();
}
