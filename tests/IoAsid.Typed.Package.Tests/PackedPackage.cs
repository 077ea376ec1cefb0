using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;
using IoAsid.Typed.Package.Tests.CommandLine;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(IoAsid.Typed.Package.Tests.PackedPackage))]

// Each test waits for builds, which use all processors by themselves.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace IoAsid.Typed.Package.Tests;

/// <summary>
/// The packages, packed once from the sources into a folder outside the repository, where consumers are built without
/// the files of the repository and of the machine's package folders.
/// </summary>
public sealed class PackedPackage : IAsyncLifetime
{
    // Each run has a new version, so that no cache contains an older package of that version.
    private readonly string _suffix = string.Create(CultureInfo.InvariantCulture, $"test.{DateTime.UtcNow:yyyyMMddHHmmss}.{Environment.ProcessId}");

    private readonly string _folder = Directory.CreateTempSubdirectory("ioasid-package-").FullName;

    internal string File => FileOf("IoAsid.Typed");

    /// <summary>The version of the packages.</summary>
    internal string Version => VersionOf(_suffix);

    /// <summary>The folder of the packages.</summary>
    internal string Packages => Path.Combine(_folder, "packages");

    /// <summary>The names of the packages that one pack of the solution created.</summary>
    internal IReadOnlyList<string> FirstPack { get; private set; } = [];

    internal string FileOf(string package) => Path.Combine(Packages, $"{package}.{Version}.nupkg");

    public async ValueTask InitializeAsync()
    {
        CompilerServer.Start();
        await PackAsync("IoAsid.Typed.sln", _suffix);
        FirstPack = [.. Directory.EnumerateFiles(Packages).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        await WriteSurroundingsAsync();
    }

    public ValueTask DisposeAsync()
    {
        CompilerServer.Stop();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Restores and builds programs, each with properties such as <c>A=1;B=2</c>, in one command.</summary>
    internal Task<ConsumerBuild[]> BuildAsync(params IReadOnlyList<(Consumer Consumer, string Properties)> programs) => ConsumerBatch.BuildAsync(_folder, programs);

    /// <summary>Restores programs in one command.</summary>
    internal Task<ConsumerBuild[]> RestoreAsync(params IReadOnlyList<(Consumer Consumer, string Properties)> programs) => ConsumerBatch.RestoreAsync(_folder, programs);

    /// <summary>Applies the fixes of rules to restored programs in one command.</summary>
    internal async Task FixAsync(string severity, IEnumerable<string> rules, params IEnumerable<Consumer> programs)
    {
        string solution = Path.Combine(_folder, $"fix-{Guid.NewGuid():n}.slnx");
        new XElement("Solution", programs.Select(program => new XElement("Project", new XAttribute("Path", program.ProjectFile)))).Save(solution);
        (await Dotnet.RunAsync(_folder, ["format", "analyzers", solution, "--no-restore", "--severity", severity, "--diagnostics", .. rules])).EnsureSucceeded();
    }

    /// <summary>Copies a program of this project's Consumers folder to a place of its own.</summary>
    internal Consumer CopyConsumer(string name, string project = "")
    {
        string folder = CreateFolder(name);
        FolderCopy.Copy(Path.Combine(AppContext.BaseDirectory, "Consumers", name), folder);
        return new Consumer(folder, Path.Combine(folder, project));
    }

    /// <summary>Creates a folder outside of the repository that finds the packages and nothing else.</summary>
    internal string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, $"{name}-{Guid.NewGuid():n}")).FullName;

    /// <summary>Creates a folder as <see cref="CreateFolder"/> does, whose projects also find the packages that this project was restored with, such as the test framework.</summary>
    internal string CreateFolderWithTestFramework(string name)
    {
        string folder = CreateFolder(name);
        string packages = typeof(PackedPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "PackageFolder").Value!;
        System.IO.File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="restored" value="{packages}" />
              </packageSources>
            </configuration>
            """);
        return folder;
    }

    /// <summary>Packs libraries once more, with another version.</summary>
    /// <returns>The version.</returns>
    internal async Task<string> PackAgainAsync(params IEnumerable<string> libraries)
    {
        string suffix = $"{_suffix}.again";
        string filter = Path.Combine(_folder, "again.slnf");
        await System.IO.File.WriteAllTextAsync(filter, JsonSerializer.Serialize(new
        {
            solution = new { path = Path.Combine(RepositoryRoot.Path, "IoAsid.Typed.sln"), projects = libraries.Select(library => $"src\\{library}\\{library}.csproj") },
        }));
        await PackAsync(filter, suffix);
        return VersionOf(suffix);
    }

    private static string VersionOf(string suffix) => $"{RepositoryRoot.Property("VersionPrefix")}-{suffix}";

    // The build of these tests has already analyzed the sources, so the pack runs without analyzers.
    private async Task PackAsync(string project, string suffix)
    {
        DotnetResult result = await Dotnet.RunAsync(
            RepositoryRoot.Path,
            "pack",
            project,
            "-c",
            "Release",
            "-o",
            Packages,
            "--artifacts-path",
            Path.Combine(_folder, "artifacts"),
            $"-p:VersionSuffix={suffix}",
            "-p:NuGetAudit=false",
            "-p:RunAnalyzers=false",
            "-p:TreatWarningsAsErrors=false");
        result.EnsureSucceeded();
    }

    private async Task WriteSurroundingsAsync()
    {
        await WriteAsync("nuget.config", """
            <configuration>
              <!-- The consumers need our package and nothing else, so no other source is asked, and no network is needed. -->
              <packageSources>
                <clear />
                <add key="packed" value="packages" />
              </packageSources>
              <packageSourceMapping>
                <clear />
              </packageSourceMapping>
              <fallbackPackageFolders>
                <clear />
              </fallbackPackageFolders>
            </configuration>
            """);
        await WriteAsync("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <PackedVersion Condition="'$(PackedVersion)' == ''">{Version}</PackedVersion>
                <RestorePackagesPath>$(MSBuildThisFileDirectory)restored/</RestorePackagesPath>
              </PropertyGroup>
            </Project>
            """);
        await WriteAsync("Directory.Build.targets", "<Project />");
        await WriteAsync("Directory.Packages.props", "<Project />");
        await WriteAsync(".editorconfig", "root = true");
    }

    private Task WriteAsync(string name, string content) => System.IO.File.WriteAllTextAsync(Path.Combine(_folder, name), content);
}
