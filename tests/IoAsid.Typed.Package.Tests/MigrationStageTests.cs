namespace IoAsid.Typed.Package.Tests;

public sealed class MigrationStageTests(PackedPackage package, MigrationStageTests.Programs programs) : IClassFixture<MigrationStageTests.Programs>
{
    private const string Transitional = "IoAsidMigration=Transitional";
    private const string Converged = "IoAsidMigration=converged";
    private const string Unknown = "IoAsidMigration=Finished";
    private const string SwitchedOff = "EnableIoAsidAnalyzers=false";

    [Fact]
    public void Transitional_builds_without_a_warning() => programs.Handler(Transitional).AssertSilent();

    [Theory]
    [InlineData("")]
    [InlineData("IoAsidMigration=")]
    public void Enforced_is_the_default_and_warns_of_each_untyped_lookup(string properties)
    {
        ConsumerBuild build = programs.Handler(properties);

        build.AssertReports(build.Consumer.Marked("warning"));
        Assert.True(build.Result.Succeeded, build.Result.ToString());
    }

    [Fact]
    public void Converged_in_any_spelling_names_the_typed_call_at_each_untyped_lookup()
    {
        ConsumerBuild build = programs.Handler(Converged);

        string[] rules = [.. build.Consumer.Marked("error")];
        build.AssertReports([.. rules, .. rules.Select(line => $"{line[..^"IOASID0000".Length]}CS0619")]);
        Assert.Contains("Look up through a typed set or reader: 'set.Find(id).Data' or 'set.TryFind(id, out TData? data)'.", build.Result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Converged_makes_an_error_of_the_lookups_that_are_left() => programs.Wrapper.AssertReports(programs.Wrapper.Consumer.Marked("error"));

    [Fact]
    public void An_unknown_stage_is_an_error_that_names_the_known_ones()
    {
        ConsumerBuild build = programs.Handler(Unknown);

        Assert.False(build.Result.Succeeded);
        Assert.Contains(
            "error IOASID0001: The property IoAsidMigration is 'Finished'. "
            + "Set it to one of the stages Transitional, Enforced (the default) and Converged.",
            build.Result.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_stage_alone_compiles_again()
    {
        Consumer handler = programs.Handler(Transitional).Consumer;

        ConsumerBuild build = Assert.Single(await package.BuildAsync((handler, "IoAsidMigration=Enforced")));

        build.AssertReports(handler.Marked("warning"));
    }

    [Fact]
    public void The_analyzers_can_be_switched_off() => programs.Handler(SwitchedOff).AssertSilent();

    [Fact]
    public void The_consumers_editorconfig_beats_the_stage() => programs.Configured.AssertReports(
        programs.Configured.Consumer.Marked("error").Where(line => line.EndsWith("IOASID1002", StringComparison.Ordinal)));

    [Fact]
    public async Task Stages_and_the_switch_reach_a_project_that_references_the_package_user()
    {
        Consumer program = programs.Downstream.Consumer;

        programs.Downstream.AssertReports(
            program.Marked("warning").Where(line => line.StartsWith("LegacyLookup.cs", StringComparison.Ordinal))
                .Concat(program.Marked("error").Where(line => line.StartsWith("Program.cs", StringComparison.Ordinal))));
        programs.SilencedDownstream.AssertSilent();
        Assert.Equal("process 42", await programs.SilencedDownstream.Consumer.RunAsync());
    }

    /// <summary>One batch for all tests of the class.</summary>
    public sealed class Programs(PackedPackage package) : IAsyncLifetime
    {
        private static readonly string[] s_handlers = ["", Transitional, "IoAsidMigration=", Converged, Unknown, SwitchedOff];

        private ConsumerBuild[] _builds = [];

        internal ConsumerBuild Wrapper => _builds[^4];

        internal ConsumerBuild Configured => _builds[^3];

        internal ConsumerBuild Downstream => _builds[^2];

        internal ConsumerBuild SilencedDownstream => _builds[^1];

        internal ConsumerBuild Handler(string properties) => _builds[Array.IndexOf(s_handlers, properties)];

        public async ValueTask InitializeAsync()
        {
            Consumer configured = package.CopyConsumer("UntypedHandler");
            configured.Write(".editorconfig", """
                [*.cs]
                dotnet_diagnostic.IOASID1001.severity = none
                dotnet_diagnostic.IOASID1002.severity = error
                """);
            _builds = await package.BuildAsync(
            [
                .. s_handlers.Select(properties => (package.CopyConsumer("UntypedHandler"), properties)),
                (package.CopyConsumer("LegacyWrapper"), ""),
                (configured, "IoAsidMigration=Enforced"),
                (package.CopyConsumer("Downstream", "Program"), ""),
                (package.CopyConsumer("Downstream", "Program"), SwitchedOff),
            ]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
