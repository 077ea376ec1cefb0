using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The package of layouts in a program outside the repository that declares a register.</summary>
public sealed class LayoutsPackageTests(PackedPackage package)
{
    private const string Output = "STATUS: EN=1 QD=0xC8\n01C80000\nSTATUS: EN=0 QD=0xC8";

    [Fact]
    public async Task A_consumer_sees_mistakes_fixes_them_and_runs()
    {
        Consumer consumer = await package.CreateConsumerAsync("Layouts");

        DotnetResult before = await consumer.BuildAsync();
        Assert.Equal(consumer.Marked("error").Order(StringComparer.Ordinal), before.Diagnostics.Select(diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal));

        await consumer.FixAsync("error", "IOASID5004", "IOASID5006");

        Assert.Contains("public partial bool Enabled", consumer.ReadSource("StatusRegister.cs"), StringComparison.Ordinal);
        Assert.Contains("public partial ushort QueueDepth", consumer.ReadSource("StatusRegister.cs"), StringComparison.Ordinal);
        Assert.Empty((await consumer.BuildAsync("-warnaserror")).EnsureSucceeded().Diagnostics);
        Assert.Equal(Output, await consumer.RunAsync());
    }

    [Fact]
    public async Task The_switch_of_the_analyzers_leaves_the_generator()
    {
        Consumer consumer = await package.CreateConsumerAsync("Layouts");
        string source = consumer.ReadSource("StatusRegister.cs");

        // An overlap is a mistake that compiles: the rule alone reports it.
        consumer.Write("StatusRegister.cs", source.Replace("public bool", "public partial bool", StringComparison.Ordinal).Replace("8, 16", "0, 7", StringComparison.Ordinal));
        DotnetResult reported = await consumer.BuildAsync();
        Assert.Equal(["StatusRegister.cs(10): error IOASID5001"], reported.Diagnostics.Select(diagnostic => diagnostic.ToString()));

        DotnetResult silent = await consumer.BuildAsync("-p:EnableIoAsidAnalyzers=false");
        Assert.Empty(silent.EnsureSucceeded().Diagnostics);

        consumer.Write("StatusRegister.cs", source.Replace("public bool", "public partial bool", StringComparison.Ordinal).Replace("8, 16", "8, 15", StringComparison.Ordinal));
        Assert.Empty((await consumer.BuildAsync("-p:EnableIoAsidAnalyzers=false")).EnsureSucceeded().Diagnostics);
        Assert.Equal(Output, await consumer.RunAsync());
    }
}
