using System.Text.RegularExpressions;
using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The device of <c>docs/own-device.md</c>, with the project file of the page, outside of the repository and from the packages.</summary>
public sealed partial class OwnDeviceTests(PackedPackage package)
{
    [Fact]
    public async Task Device_of_the_page_compiles_and_its_tests_pass()
    {
        string folder = CreateProjects();

        DotnetResult run = (await Dotnet.RunAsync(folder, "run", "--project", "OwnDevice.Tests")).EnsureSucceeded();

        Assert.Matches(@"Total: 5,.*Failed: 0", run.Output);
        Assert.DoesNotContain("warning", run.Output, StringComparison.Ordinal);
    }

    private string CreateProjects()
    {
        string folder = package.CreateFolderWithTestFramework("Device");
        CopySources("OwnDevice", folder);
        CopySources("OwnDevice.Tests", folder);
        File.Delete(Path.Combine(folder, "OwnDevice", "Program.cs"));
        File.WriteAllText(
            Path.Combine(folder, "OwnDevice", "OwnDevice.csproj"),
            ProjectFile().Match(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "own-device.md"))).Groups["project"].Value
                .Replace("path/to/IoAsid.Typed/artifacts/packages", package.Packages, StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "OwnDevice.Tests", "OwnDevice.Tests.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="xunit.v3.mtp-v2" Version="4.0.2" />
                <ProjectReference Include="../OwnDevice/OwnDevice.csproj" />
              </ItemGroup>
            </Project>
            """);
        return folder;
    }

    private static void CopySources(string project, string folder) =>
        FolderCopy.Copy(Path.Combine(RepositoryRoot.Path, "samples", project), Path.Combine(folder, project), "*.cs");

    [GeneratedRegex("^```xml\\s(?<project>.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline, 1000)]
    private static partial Regex ProjectFile();
}
