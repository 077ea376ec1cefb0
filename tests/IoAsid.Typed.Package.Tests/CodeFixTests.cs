using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

public sealed class CodeFixTests(PackedPackage package)
{
    private static readonly string[] UntypedLookups = ["IOASID1001", "IOASID1002"];

    [Fact]
    public async Task Dotnet_format_repairs_a_program_that_then_converges_and_runs()
    {
        Consumer handler = await package.CreateConsumerAsync("UntypedHandler");

        await handler.FixAsync("warn", UntypedLookups);

        // Warnings as errors: analyzers that fail to load are only a warning.
        DotnetResult build = await handler.BuildAsync("-p:IoAsidMigration=Converged", "-warnaserror");
        build.EnsureSucceeded();
        Assert.Empty(build.Diagnostics);
        Assert.Equal("process 42\ninvalid request\nprocess 42", await handler.RunAsync());
    }

    [Fact]
    public async Task Dotnet_format_repairs_suggestions_too()
    {
        Consumer handler = await package.CreateConsumerAsync("UntypedHandler");
        handler.Write("Directory.Build.props", """
            <Project>
              <Import Project="../Directory.Build.props" />
              <PropertyGroup>
                <IoAsidMigration>Transitional</IoAsidMigration>
              </PropertyGroup>
            </Project>
            """);

        await handler.FixAsync("info", UntypedLookups);

        Assert.DoesNotContain("UntypedLookup", handler.ReadSource("PageRequestHandler.cs"), StringComparison.Ordinal);
    }
}
