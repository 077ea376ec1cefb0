using System.Text.RegularExpressions;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The instructions of the README, followed outside of the repository.</summary>
public sealed partial class ReadmeTests(PackedPackage package)
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task Project_and_program_of_the_page_restore_build_and_run()
    {
        string folder = package.CreateFolder("Readme");
        string reference = Block("xml");
        Assert.Contains("path/to/IoAsid.Typed/artifacts/packages", reference, StringComparison.Ordinal);
        Consumer consumer = new(folder, folder);
        consumer.Write("Readme.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
            {reference.Replace("path/to/IoAsid.Typed/artifacts/packages", package.Packages, StringComparison.Ordinal)}
            </Project>
            """);
        consumer.Write("Program.cs", Block("csharp"));

        Assert.Single(await package.BuildAsync((consumer, ""))).AssertSilent();
        Assert.Equal(string.Join('\n', Promised().Matches(Block("csharp")).Select(line => line.Groups["output"].Value)), await consumer.RunAsync());
    }

    [Fact]
    public void Version_of_the_reference_is_that_of_a_local_pack()
    {
        string prefix = RepositoryRoot.Property("VersionPrefix");

        Assert.Contains($"""Version="{prefix}-*" """.TrimEnd(), Block("xml"), StringComparison.Ordinal);
        Assert.Contains("-p:VersionSuffix=local.", s_page, StringComparison.Ordinal);
    }

    private static string Block(string language) => Blocks().Matches(s_page).Single(block => block.Groups["language"].Value == language).Groups["text"].Value;

    [GeneratedRegex("^```(?<language>\\w+)\n(?<text>.*?)^```$", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^Console\.WriteLine.* // (?<output>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Promised();
}
