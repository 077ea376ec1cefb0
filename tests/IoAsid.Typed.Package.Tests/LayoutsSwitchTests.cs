namespace IoAsid.Typed.Package.Tests;

/// <summary>The package of layouts, with its rules and without them, in a program outside the repository that declares a register.</summary>
public sealed class LayoutsSwitchTests(PackedPackage package)
{
    /// <summary>The output of the program with a correct register.</summary>
    internal const string Output = "STATUS: EN=1 QD=0xC8\n01C80000\nSTATUS: EN=0 QD=0xC8";

    private const string SwitchedOff = "EnableIoAsidAnalyzers=false";

    [Fact]
    public async Task The_switch_of_the_analyzers_leaves_the_generator()
    {
        // An overlap is a mistake that compiles: the rule alone reports it.
        ConsumerBuild[] builds = await package.BuildAsync((WithField("0, 7"), ""), (WithField("0, 7"), SwitchedOff), (WithField("8, 15"), SwitchedOff));

        Assert.Equal(["StatusRegister.cs(10): error IOASID5001"], builds[0].Reported);
        builds[1].AssertSilent();
        builds[2].AssertSilent();
        Assert.Equal(Output, await builds[2].Consumer.RunAsync());
    }

    private Consumer WithField(string bits)
    {
        Consumer consumer = package.CopyConsumer("Layouts");
        consumer.Write(
            "StatusRegister.cs",
            consumer.ReadSource("StatusRegister.cs").Replace("public bool", "public partial bool", StringComparison.Ordinal).Replace("8, 16", bits, StringComparison.Ordinal));
        return consumer;
    }
}
