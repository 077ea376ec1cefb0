using System.Globalization;
using IoAsid.Typed.Package.Tests.CommandLine;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(IoAsid.Typed.Package.Tests.PackedPackage))]

// Each test waits for builds, which use all processors by themselves.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace IoAsid.Typed.Package.Tests;

/// <summary>
/// The packages, packed once from the sources into a folder outside the repository, where consumers can be built that see
/// nothing of the repository and of the machine's package folders.
/// </summary>
public sealed class PackedPackage : IAsyncLifetime
{
    // Never used before, so that no cache can answer with an older package.
    private readonly string _version =
        string.Create(CultureInfo.InvariantCulture, $"0.0.0-test.{DateTime.UtcNow:yyyyMMddHHmmss}.{Environment.ProcessId}");

    private readonly string _folder = Directory.CreateTempSubdirectory("ioasid-package-").FullName;

    internal string File => FileOf("IoAsid.Typed");

    internal string FileOf(string package) => Path.Combine(Packages, $"{package}.{_version}.nupkg");

    private string Packages => Path.Combine(_folder, "packages");

    public async ValueTask InitializeAsync()
    {
        await PackAsync("src/IoAsid.Typed");
        await PackAsync("src/IoAsid.Typed.Layouts");
        await WriteSurroundingsAsync();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Copies a program of this project's Consumers folder to a place of its own and restores it.</summary>
    internal async Task<Consumer> CreateConsumerAsync(string name, string project = "")
    {
        string folder = Path.Combine(_folder, $"{name}-{Guid.NewGuid():n}");
        FolderCopy.Copy(Path.Combine(AppContext.BaseDirectory, "Consumers", name), folder);
        Consumer consumer = new(folder, Path.Combine(folder, project));
        await consumer.RestoreAsync();
        return consumer;
    }

    // The build that runs these tests has judged the sources; here only what gets packed matters.
    private async Task PackAsync(string project)
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
            $"-p:Version={_version}",
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
                <PackedVersion>{_version}</PackedVersion>
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
