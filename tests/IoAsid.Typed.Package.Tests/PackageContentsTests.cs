using System.IO.Compression;
using System.Reflection;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using System.Text;
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
        "build/severities/Converged.globalconfig",
        "build/severities/Enforced.globalconfig",
        "build/severities/Transitional.globalconfig",
        "buildTransitive/IoAsid.Typed.props",
        "buildTransitive/IoAsid.Typed.targets",
        "buildTransitive/severities/Converged.globalconfig",
        "buildTransitive/severities/Enforced.globalconfig",
        "buildTransitive/severities/Transitional.globalconfig",
        "lib/net10.0/IoAsid.Typed.Migration.dll",
        "lib/net10.0/IoAsid.Typed.Migration.xml",
        "lib/net10.0/IoAsid.Typed.dll",
        "lib/net10.0/IoAsid.Typed.xml",
    ];

    private static readonly string[] Libraries =
        ["lib/net10.0/IoAsid.Typed.dll", "lib/net10.0/IoAsid.Typed.Migration.dll"];

    [Fact]
    public void The_package_holds_exactly_these_files()
    {
        using ZipArchive archive = ZipFile.OpenRead(package.File);

        IEnumerable<string> files = archive.Entries.Select(entry => entry.FullName).Where(name => !IsEnvelope(name));

        Assert.Equal(Shipped, files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_package_depends_on_nothing()
    {
        XElement metadata = ReadMetadata();

        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal(["net10.0"], metadata.Descendants().Attributes("targetFramework").Select(attribute => attribute.Value));
    }

    [Theory]
    [InlineData("id", "IoAsid.Typed")]
    [InlineData("license", "MIT")]
    [InlineData("readme", "README.md")]
    public void The_package_says_what_it_is(string element, string value) =>
        Assert.Equal(value, ReadMetadata().Element(ReadMetadata().Name.Namespace + element)?.Value);

    [Fact]
    public void The_libraries_need_the_framework_and_one_another_only()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        IEnumerable<string> foreign =
            from library in Libraries
            from reference in Inspect(library, assembly => assembly.GetReferencedAssemblies().Select(name => name.Name!).ToArray())
            where reference != "IoAsid.Typed" && !File.Exists(Path.Combine(framework, reference + ".dll"))
            select $"{library} needs {reference}";

        Assert.Empty(foreign);
    }

    [Fact]
    public void The_libraries_declare_that_they_can_be_trimmed_and_compiled_ahead_of_time() =>
        Assert.All(Libraries, library => Assert.Superset(
            new HashSet<string> { "IsTrimmable=True", "IsAotCompatible=True" },
            Inspect(library, assembly => assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Select(attribute => $"{attribute.Key}={attribute.Value}").ToHashSet())));

    [Fact]
    public void Every_assembly_is_reproducible_and_carries_its_symbols() =>
        Assert.All(Shipped.Where(name => name.EndsWith(".dll", StringComparison.Ordinal)), name =>
        {
            using PEReader reader = new(new MemoryStream(Read(name)));
            IEnumerable<DebugDirectoryEntryType> entries = reader.ReadDebugDirectory().Select(entry => entry.Type);
            Assert.Superset(
                new HashSet<DebugDirectoryEntryType> { DebugDirectoryEntryType.Reproducible, DebugDirectoryEntryType.EmbeddedPortablePdb },
                entries.ToHashSet());
        });

    [Theory]
    [InlineData("Transitional")]
    [InlineData("Converged")]
    public void Every_stage_decides_on_the_rules_that_the_default_stage_decides_on(string stage) =>
        Assert.Equal(ReadRules("Enforced"), ReadRules(stage));

    // What every package has around its files, as the Open Packaging Conventions want it.
    private static bool IsEnvelope(string name) =>
        name is "_rels/.rels" or "[Content_Types].xml" || name.StartsWith("package/", StringComparison.Ordinal);

    private XElement ReadMetadata()
    {
        using MemoryStream nuspec = new(Read("IoAsid.Typed.nuspec"));
        return XDocument.Load(nuspec).Root!.Elements().Single();
    }

    private IEnumerable<string> ReadRules(string stage) =>
        from line in Encoding.UTF8.GetString(Read($"buildTransitive/severities/{stage}.globalconfig")).Split('\n')
        where line.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)
        select line.Split('=')[0];

    private T Inspect<T>(string library, Func<Assembly, T> question)
    {
        AssemblyLoadContext context = new(library, isCollectible: true);
        try
        {
            return question(context.LoadFromStream(new MemoryStream(Read(library))));
        }
        finally
        {
            context.Unload();
        }
    }

    private byte[] Read(string entry)
    {
        using ZipArchive archive = ZipFile.OpenRead(package.File);
        using Stream stream = archive.GetEntry(entry)!.Open();
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
