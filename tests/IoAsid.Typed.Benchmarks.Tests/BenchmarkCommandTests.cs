using System.CommandLine;
using IoAsid.Typed.Benchmarks.CommandLine;

namespace IoAsid.Typed.Benchmarks.Tests;

/// <summary>Arguments that the benchmarks refuse before they measure.</summary>
public sealed class BenchmarkCommandTests
{
    private static readonly string[] s_writers = ["ratios", "analyzers", "emulation", "iommu"];

    public static TheoryData<string> Writers => [.. s_writers];

    public static TheoryData<string> Commands => [.. s_writers, "counters", "growth", "linux", "micro"];

    [Fact]
    public async Task Help_names_each_command()
    {
        (int exitCode, string output, _) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.All(Commands, command => Assert.Contains($"  {command.Data} ", output, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_of_a_command_shows_its_usage(string command)
    {
        (int exitCode, string output, _) = await RunAsync(command, "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task An_unknown_option_is_refused_with_the_usage(string command)
    {
        (int exitCode, string output, string error) = await RunAsync(command, "--speed");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("'--speed'", error, StringComparison.Ordinal);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public async Task A_file_that_cannot_be_written_is_refused_in_one_line(string command)
    {
        string file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "results.json");

        (int exitCode, string output, string error) = await RunAsync(command, "--json", file);

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.StartsWith($"The file '{file}' cannot be written:", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("analyzers", "--sources")]
    [InlineData("growth", "--svg")]
    public async Task A_folder_that_does_not_exist_is_refused(string command, string option)
    {
        string folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

        (int exitCode, _, string error) = await RunAsync(command, option, folder);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"The folder '{folder}' does not exist.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_without_a_file_are_refused()
    {
        string folder = Directory.CreateTempSubdirectory("ioasid-sources-").FullName;
        try
        {
            (int exitCode, _, string error) = await RunAsync("analyzers", "--sources", folder);

            Assert.NotEqual(0, exitCode);
            Assert.Contains($"The folder '{folder}' has no C# files.", error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    [Theory]
    [InlineData("ratios", "--only", "lookups")]
    [InlineData("growth", "--only", "lookups")]
    [InlineData("micro", "--filter", "*FindBenchmark.Set")]
    [InlineData("FindBenchmarks")]
    public async Task A_misspelt_name_is_refused_without_a_question(params string[] arguments)
    {
        (int exitCode, _, string error) = await RunAsync(arguments);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(arguments[^1], error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        TextWriter console = Console.Error;
        Console.SetError(error);
        try
        {
            int exitCode = await BenchmarkCommands.Create().Parse(arguments).InvokeAsync(
                new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
            return (exitCode, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetError(console);
        }
    }
}
