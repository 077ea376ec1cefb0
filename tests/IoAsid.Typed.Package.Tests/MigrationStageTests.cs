using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

public sealed class MigrationStageTests(PackedPackage package, MigrationStageTests.Handler handler)
    : IClassFixture<MigrationStageTests.Handler>
{
    [Fact]
    public async Task Transitional_builds_without_a_warning()
    {
        DotnetResult build = await handler.Consumer.BuildAsync("-p:IoAsidMigration=Transitional");

        AssertReports([], build);
    }

    [Theory]
    [InlineData]
    [InlineData("-p:IoAsidMigration=")]
    public async Task Enforced_is_the_default_and_warns_of_each_untyped_lookup(params string[] properties)
    {
        DotnetResult build = await handler.Consumer.BuildAsync(properties);

        AssertReports(handler.Consumer.Marked("warning"), build);
        Assert.True(build.Succeeded, build.ToString());
    }

    [Fact]
    public async Task Converged_in_any_spelling_names_the_typed_call_at_each_untyped_lookup()
    {
        DotnetResult build = await handler.Consumer.BuildAsync("-p:IoAsidMigration=converged");

        string[] rules = [.. handler.Consumer.Marked("error")];
        AssertReports([.. rules, .. rules.Select(line => $"{line[..^"IOASID0000".Length]}CS0619")], build);
        Assert.Contains("Look up through a typed set or reader: 'set.Find(id).Data' or 'set.TryFind(id, out TData? data)'.", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Converged_makes_an_error_of_the_lookups_that_are_left()
    {
        Consumer wrapper = await package.CreateConsumerAsync("LegacyWrapper");

        DotnetResult build = await wrapper.BuildAsync();

        AssertReports(wrapper.Marked("error"), build);
    }

    [Fact]
    public async Task An_unknown_stage_is_an_error_that_names_the_known_ones()
    {
        DotnetResult build = await handler.Consumer.BuildAsync("-p:IoAsidMigration=Finished");

        Assert.False(build.Succeeded);
        Assert.Contains(
            "error IOASID0001: The property IoAsidMigration is 'Finished'. "
            + "Set it to one of the stages Transitional, Enforced (the default) and Converged.",
            build.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_stage_alone_compiles_again()
    {
        await handler.Consumer.BuildAsync("-p:IoAsidMigration=Transitional");

        DotnetResult build = await handler.Consumer.BuildChangesAsync("-p:IoAsidMigration=Enforced");

        AssertReports(handler.Consumer.Marked("warning"), build);
    }

    [Fact]
    public async Task The_analyzers_can_be_switched_off()
    {
        DotnetResult build = await handler.Consumer.BuildAsync("-p:EnableIoAsidAnalyzers=false");

        AssertReports([], build);
        Assert.True(build.Succeeded, build.ToString());
    }

    [Fact]
    public async Task The_consumers_editorconfig_beats_the_stage()
    {
        Consumer consumer = await package.CreateConsumerAsync("UntypedHandler");
        consumer.Write(".editorconfig", """
            [*.cs]
            dotnet_diagnostic.IOASID1001.severity = none
            dotnet_diagnostic.IOASID1002.severity = error
            """);

        DotnetResult build = await consumer.BuildAsync("-p:IoAsidMigration=Enforced");

        AssertReports(consumer.Marked("error").Where(line => line.EndsWith("IOASID1002", StringComparison.Ordinal)), build);
    }

    [Fact]
    public async Task Stages_and_the_switch_reach_a_project_that_references_the_package_user()
    {
        Consumer program = await package.CreateConsumerAsync("Downstream", "Program");

        DotnetResult build = await program.BuildAsync();

        AssertReports(
            program.Marked("warning").Where(line => line.StartsWith("LegacyLookup.cs", StringComparison.Ordinal))
                .Concat(program.Marked("error").Where(line => line.StartsWith("Program.cs", StringComparison.Ordinal))),
            build);

        DotnetResult silenced = await program.BuildAsync("-p:EnableIoAsidAnalyzers=false");

        AssertReports([], silenced.EnsureSucceeded());
        Assert.Equal("process 42", await program.RunAsync());
    }

    private static void AssertReports(IEnumerable<string> expected, DotnetResult build) => Assert.True(
        expected.Order(StringComparer.Ordinal).SequenceEqual(
            build.Diagnostics.Select(diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal), StringComparer.Ordinal),
        build.ToString());

    /// <summary>One program for all tests of the class: restoring takes longer than building.</summary>
    public sealed class Handler(PackedPackage package) : IAsyncLifetime
    {
        internal Consumer Consumer { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Consumer = await package.CreateConsumerAsync("UntypedHandler");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
