using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The restore of the packages: the refused frameworks, and the restored version.</summary>
public sealed class RestoreTests(PackedPackage package)
{
    private static readonly string[] s_packages = ["IoAsid.Typed", "IoAsid.Typed.Layouts", "IoAsid.Typed.Iommu"];
    private static readonly string[] s_otherFrameworks = ["net8.0", "netstandard2.0", "net48"];

    [Fact]
    public async Task Other_frameworks_are_refused()
    {
        ConsumerBuild[] restores = await package.RestoreAsync([.. s_packages.Select(id => (package.CopyConsumer("OtherFrameworks"), $"PackageUnderTest={id}"))]);

        Assert.All(s_packages.Zip(restores), restore => Assert.All(s_otherFrameworks, framework => Assert.Contains(
            $"error NU1202: Package {restore.First} {package.Version} is not compatible with {framework} ", restore.Second.Result.Output, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Packages_of_two_packs_are_both_restored()
    {
        string[] versions = [package.Version, await package.PackAgainAsync("IoAsid.Typed.Layouts", "IoAsid.Typed.Hardware", "IoAsid.Typed.Vtd")];

        ConsumerBuild[] builds = await package.BuildAsync([.. versions.Select(version => (package.CopyConsumer("Versions"), $"PackedVersion={version}"))]);

        foreach ((string version, ConsumerBuild build) in versions.Zip(builds))
        {
            build.Result.EnsureSucceeded();
            Assert.Equal($"{version}\n{version}\n{version}", await build.Consumer.RunAsync());
        }
    }

    // NuGet passes NUGET_PACKAGES on unchanged, with or without a slash at the end.
    [Theory]
    [InlineData("/packages")]
    [InlineData("/packages/")]
    public async Task Package_folders_are_found_with_and_without_a_slash(string folder)
    {
        DotnetResult result = await Dotnet.RunAsync(
            RepositoryRoot.Path, "msbuild", "tests/IoAsid.Typed.Exploration", "-getProperty:CoyoteTool", $"-p:NuGetPackageRoot={folder}");

        Assert.StartsWith("/packages/microsoft.coyote.tool/", result.EnsureSucceeded().Output, StringComparison.Ordinal);
    }
}
