namespace IoAsid.Typed.Package.Tests;

/// <summary>Programs outside the repository with a mistake for every rule that has a fix: the build reports them, <c>dotnet format</c> repairs them.</summary>
public sealed class CodeFixTests(CodeFixTests.Programs programs) : IClassFixture<CodeFixTests.Programs>
{
    private static readonly string[] s_untypedLookups = ["IOASID1001", "IOASID1002"];

    // The rules of the package of layouts that the program with a register breaks.
    private static readonly string[] s_layoutRules = ["IOASID5004", "IOASID5006"];

    [Fact]
    public async Task Dotnet_format_repairs_a_program_that_then_converges_and_runs()
    {
        programs.HandlerAfter.AssertSilent();
        Assert.Equal("process 42\ninvalid request\nprocess 42", await programs.HandlerAfter.Consumer.RunAsync());
    }

    [Fact]
    public void Dotnet_format_repairs_suggestions_too() =>
        Assert.DoesNotContain("UntypedLookup", programs.Suggestions.ReadSource("PageRequestHandler.cs"), StringComparison.Ordinal);

    [Fact]
    public async Task The_build_reports_each_mistake_and_dotnet_format_repairs_it()
    {
        Assert.Equal(RulesWithFix(), programs.EveryFixMarked.Select(line => line[^"IOASID0000".Length..]).Order(StringComparer.Ordinal));
        programs.EveryFixBefore.AssertReports(programs.EveryFixMarked);
        Assert.True(programs.EveryFixBefore.Result.Succeeded, programs.EveryFixBefore.Result.ToString());
        Assert.Equal("1 1 1 True native 1 1 1 Found 1", programs.EveryFixAnswers);

        Assert.DoesNotContain(programs.EveryFixAfter.Reported, line => RulesWithFix().Any(line.Contains));
        Assert.Equal(programs.EveryFixAnswers, await programs.EveryFixAfter.Consumer.RunAsync());
    }

    [Fact]
    public async Task Mistakes_in_a_layout_are_errors_that_dotnet_format_repairs()
    {
        programs.LayoutsBefore.AssertReports(programs.LayoutsMarked);

        Consumer layouts = programs.LayoutsAfter.Consumer;
        Assert.Contains("public partial bool Enabled", layouts.ReadSource("StatusRegister.cs"), StringComparison.Ordinal);
        Assert.Contains("public partial ushort QueueDepth", layouts.ReadSource("StatusRegister.cs"), StringComparison.Ordinal);
        programs.LayoutsAfter.AssertSilent();
        Assert.Equal(LayoutsSwitchTests.Output, await layouts.RunAsync());
    }

    /// <summary>Returns the rules with a fix from the index, which is generated from the rules and fixes. The rules about layouts are in another package.</summary>
    private static string[] RulesWithFix() =>
    [
        .. from line in File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "rules", "README.md"))
           where line.StartsWith("| [IOASID", StringComparison.Ordinal) && !line.StartsWith("| [IOASID5", StringComparison.Ordinal) && line.EndsWith("| yes |", StringComparison.Ordinal)
           select line[3..13],
    ];

    /// <summary>The programs before and after the repair, in one batch each.</summary>
    public sealed class Programs(PackedPackage package) : IAsyncLifetime
    {
        internal string[] EveryFixMarked { get; private set; } = [];

        internal string[] LayoutsMarked { get; private set; } = [];

        internal ConsumerBuild EveryFixBefore { get; private set; } = null!;

        internal string EveryFixAnswers { get; private set; } = "";

        internal ConsumerBuild LayoutsBefore { get; private set; } = null!;

        internal Consumer Suggestions { get; private set; } = null!;

        internal ConsumerBuild HandlerAfter { get; private set; } = null!;

        internal ConsumerBuild EveryFixAfter { get; private set; } = null!;

        internal ConsumerBuild LayoutsAfter { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Consumer handler = package.CopyConsumer("UntypedHandler");
            Consumer everyFix = package.CopyConsumer("EveryFix");
            Consumer layouts = package.CopyConsumer("Layouts");
            Suggestions = package.CopyConsumer("UntypedHandler");
            Suggestions.Write("Directory.Build.props", """
                <Project>
                  <Import Project="../Directory.Build.props" />
                  <PropertyGroup>
                    <IoAsidMigration>Transitional</IoAsidMigration>
                  </PropertyGroup>
                </Project>
                """);
            EveryFixMarked = [.. everyFix.Marked("warning")];
            LayoutsMarked = [.. layouts.Marked("error")];

            ConsumerBuild[] before = await package.BuildAsync((handler, ""), (everyFix, ""), (layouts, ""), (Suggestions, ""));
            (EveryFixBefore, LayoutsBefore) = (before[1], before[2]);
            EveryFixAnswers = await everyFix.RunAsync();

            await package.FixAsync("warn", [.. RulesWithFix(), .. s_layoutRules], handler, everyFix, layouts);
            await package.FixAsync("info", s_untypedLookups, Suggestions);

            ConsumerBuild[] after = await package.BuildAsync((handler, "IoAsidMigration=Converged"), (everyFix, ""), (layouts, ""));
            (HandlerAfter, EveryFixAfter, LayoutsAfter) = (after[0], after[1], after[2]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
