using System.Text;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace IoAsid.Typed.Package.Tests;

public sealed class PackageContentsTests(PackedPackage package)
{
    private static readonly string[] Shipped =
    [
        "IoAsid.Typed.nuspec",
        "README.md",
        "analyzers/dotnet/cs/IoAsid.Typed.Analyzers.dll",
        "analyzers/dotnet/cs/IoAsid.Typed.CodeFixes.dll",
        "build/IoAsid.Typed.props",
        "build/IoAsid.Typed.targets",
        "build/converged/IoAsid.Typed.Migration.dll",
        "build/severities/Converged.globalconfig",
        "build/severities/Enforced.globalconfig",
        "build/severities/Transitional.globalconfig",
        "buildTransitive/IoAsid.Typed.props",
        "buildTransitive/IoAsid.Typed.targets",
        "buildTransitive/converged/IoAsid.Typed.Migration.dll",
        "buildTransitive/severities/Converged.globalconfig",
        "buildTransitive/severities/Enforced.globalconfig",
        "buildTransitive/severities/Transitional.globalconfig",
        "lib/net10.0/IoAsid.Typed.Migration.dll",
        "lib/net10.0/IoAsid.Typed.Migration.xml",
        "lib/net10.0/IoAsid.Typed.dll",
        "lib/net10.0/IoAsid.Typed.xml",
    ];

    private readonly PackageReader _reader = new(package.File);

    private static readonly string[] Libraries =
        ["lib/net10.0/IoAsid.Typed.dll", "lib/net10.0/IoAsid.Typed.Migration.dll"];

    [Fact]
    public void The_package_holds_exactly_these_files() => Assert.Equal(Shipped, _reader.Files);

    [Fact]
    public void The_package_depends_on_nothing()
    {
        XElement metadata = _reader.Metadata;

        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal(["net10.0"], metadata.Descendants().Attributes("targetFramework").Select(attribute => attribute.Value));
    }

    [Theory]
    [InlineData("id", "IoAsid.Typed")]
    [InlineData("license", "MIT")]
    [InlineData("readme", "README.md")]
    public void The_package_says_what_it_is(string element, string value) =>
        Assert.Equal(value, _reader.Metadata.Element(_reader.Metadata.Name.Namespace + element)?.Value);

    [Fact]
    public void The_libraries_need_the_framework_and_one_another_only() => Assert.All(Libraries, library => Assert.Empty(_reader.ForeignReferences(library)));

    [Fact]
    public void Libraries_declare_support_for_trimming_and_native_compilation() =>
        Assert.All(Libraries, library => Assert.Superset(new HashSet<string> { "IsTrimmable=True", "IsAotCompatible=True" }, _reader.AssemblyMetadata(library).ToHashSet()));

    [Fact]
    public void Every_assembly_with_code_is_reproducible_and_carries_its_symbols() =>
        Assert.All(Shipped.Where(name => name.EndsWith(".dll", StringComparison.Ordinal) && !name.Contains("/converged/", StringComparison.Ordinal)), name => Assert.Superset(
            new HashSet<DebugDirectoryEntryType> { DebugDirectoryEntryType.Reproducible, DebugDirectoryEntryType.EmbeddedPortablePdb },
            _reader.DebugEntries(name).ToHashSet()));

    [Theory]
    [InlineData("Transitional")]
    [InlineData("Converged")]
    public void Every_stage_decides_on_the_rules_that_the_default_stage_decides_on(string stage) =>
        Assert.Equal(ReadRules("Enforced"), ReadRules(stage));

    private IEnumerable<string> ReadRules(string stage) =>
        from line in Encoding.UTF8.GetString(_reader.Read($"buildTransitive/severities/{stage}.globalconfig")).Split('\n')
        where line.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)
        select line.Split('=')[0];
}
