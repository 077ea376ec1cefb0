using System.Diagnostics;

namespace IoAsid.Typed.Samples.Tests;

/// <summary>The command lines of the samples, each run in a process like that of a user.</summary>
public sealed class SampleCommandTests
{
    private static readonly string[] s_samples =
        ["AuxiliaryDomains", "EduDriver", "Migration", "OwnDevice", "PageRequestHandler", "PageWalk", "QuickStart", "QuickStart.RunTime", "SvaDriver", "UserPageRequests", "VfioGuest"];

    public static TheoryData<string> Samples => [.. s_samples];

    [Fact]
    public void Samples_are_all_covered() => Assert.Equal(
        s_samples,
        WorkingTree.Files("samples", "Program.cs")
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Help_shows_the_usage(string sample)
    {
        Outcome help = await RunAsync(sample, "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.StartsWith("Description:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"{sample} [", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task An_unknown_argument_is_refused_with_the_usage(string sample)
    {
        Outcome refusal = await RunAsync(sample, "--speed");

        Assert.NotEqual(0, refusal.ExitCode);
        Assert.Contains("Unrecognized command or argument '--speed'", refusal.Error, StringComparison.Ordinal);
        Assert.Contains("Usage:", refusal.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AuxiliaryDomains", "many")]
    [InlineData("SvaDriver", "-1")]
    public async Task A_seed_that_is_no_number_is_refused(string sample, string seed)
    {
        Outcome refusal = await RunAsync(sample, "--seed", seed);

        Assert.NotEqual(0, refusal.ExitCode);
        Assert.Contains($"'{seed}'", refusal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EduDriver", "--vfio", "nowhere")]
    [InlineData("EduDriver", "--vfio", "00:20.0")]
    [InlineData("UserPageRequests", "--iommufd", "nowhere")]
    public async Task An_address_that_is_no_address_of_PCI_is_refused(string sample, string option, string address)
    {
        Outcome refusal = await RunAsync(sample, option, address);

        Assert.NotEqual(0, refusal.ExitCode);
        Assert.Contains($"'{address}' is not a PCI address", refusal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OwnDevice")]
    [InlineData("PageWalk")]
    [InlineData("SvaDriver")]
    public async Task A_file_that_cannot_be_written_ends_the_sample_before_it_begins(string sample)
    {
        string file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "run.trace.json");

        Outcome refusal = await RunAsync(sample, file);

        Assert.Equal(1, refusal.ExitCode);
        Assert.Empty(refusal.Output);
        Assert.StartsWith($"The file '{file}' cannot be written:", Assert.Single(refusal.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static async Task<Outcome> RunAsync(string sample, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{sample}.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    private sealed record Outcome(int ExitCode, string Output, string Error);
}
