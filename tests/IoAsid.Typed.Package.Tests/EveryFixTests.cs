using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>One program outside the repository with a mistake for every rule that has a fix: the build reports them, <c>dotnet format</c> repairs them.</summary>
public sealed class EveryFixTests(PackedPackage package)
{
    private const string Sources = "EveryFix";
    private const string Answers = "1 1 1 True native 1 1 1 Found 1";

    [Fact]
    public async Task The_build_reports_each_mistake_and_dotnet_format_repairs_it()
    {
        Consumer consumer = await package.CreateConsumerAsync(Sources);
        string[] marked = [.. consumer.Marked("warning").Order(StringComparer.Ordinal)];
        Assert.Equal(RulesWithFix(), marked.Select(line => line[^"IOASID0000".Length..]).Order(StringComparer.Ordinal));

        DotnetResult before = await consumer.BuildAsync();
        Assert.Equal(marked, Reported(before));
        Assert.Equal(Answers, await consumer.RunAsync());

        await consumer.FixAsync("warn", RulesWithFix());

        DotnetResult after = await consumer.BuildAsync();
        Assert.DoesNotContain(Reported(after), line => RulesWithFix().Any(line.Contains));
        Assert.Equal(Answers, await consumer.RunAsync());
    }

    private static string[] Reported(DotnetResult build) =>
        [.. build.EnsureSucceeded().Diagnostics.Select(diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>Returns the rules with a fix from the index, which is generated from the rules and fixes. The rules about layouts are in another package.</summary>
    private static string[] RulesWithFix() =>
    [
        .. from line in File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "rules", "README.md"))
           where line.StartsWith("| [IOASID", StringComparison.Ordinal) && !line.StartsWith("| [IOASID5", StringComparison.Ordinal) && line.EndsWith("| yes |", StringComparison.Ordinal)
           select line[3..13],
    ];
}
