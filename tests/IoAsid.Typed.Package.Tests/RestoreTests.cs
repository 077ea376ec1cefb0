using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The restore of the packages: which frameworks are refused, and which version is found.</summary>
public sealed class RestoreTests(PackedPackage package)
{
    private static readonly string[] s_otherFrameworks = ["net8.0", "netstandard2.0", "net48"];

    [Theory]
    [InlineData("IoAsid.Typed")]
    [InlineData("IoAsid.Typed.Layouts")]
    [InlineData("IoAsid.Typed.Iommu")]
    public async Task Other_frameworks_are_refused(string id)
    {
        DotnetResult restore = await package.CopyConsumer("OtherFrameworks").RestoreAsync($"-p:PackageUnderTest={id}");

        Assert.False(restore.Succeeded);
        Assert.All(s_otherFrameworks, framework =>
            Assert.Contains($"error NU1202: Package {id} {package.Version} is not compatible with {framework} ", restore.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Packages_of_two_packs_are_both_restored()
    {
        string again = await package.PackAgainAsync("src/IoAsid.Typed.Layouts", "src/IoAsid.Typed.Hardware", "src/IoAsid.Typed.Vtd");
        Consumer consumer = package.CopyConsumer("Versions");

        foreach (string version in new[] { package.Version, again })
        {
            (await consumer.RestoreAsync($"-p:PackedVersion={version}")).EnsureSucceeded();
            (await consumer.BuildAsync($"-p:PackedVersion={version}")).EnsureSucceeded();
            Assert.Equal($"{version}\n{version}\n{version}", await consumer.RunAsync());
        }
    }

    // NuGet passes NUGET_PACKAGES on as it is.
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
