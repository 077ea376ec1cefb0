using System.Text.RegularExpressions;
using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The templates of the packed package, as a user creates projects from them.</summary>
public sealed partial class TemplateTests(PackedPackage package)
{
    [Fact]
    public async Task Console_template_builds_without_a_warning_and_runs()
    {
        string folder = package.CreateFolder("Console");
        await CreateAsync("ioasid-console", folder);
        Consumer program = new(folder, folder);

        (await program.RestoreAsync()).EnsureSucceeded();
        Assert.Empty((await program.BuildAsync("-warnaserror")).EnsureSucceeded().Diagnostics);
        Assert.Equal("1: editor\n2: OtherSet", await program.RunAsync());
    }

    [Fact]
    public async Task Driver_template_builds_without_a_warning_and_its_tests_pass()
    {
        string folder = package.CreateFolderWithTestFramework("Driver");
        await CreateAsync("ioasid-driver", folder, "--name", "Adder");

        (await Dotnet.RunAsync(folder, "build", "-warnaserror", "-tl:off", "-clp:NoSummary")).EnsureSucceeded();
        DotnetResult test = (await Dotnet.RunAsync(folder, "test", "--no-build")).EnsureSucceeded();
        Assert.Contains("succeeded: 3", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Driver_template_reports_threads_in_the_device()
    {
        string folder = package.CreateFolderWithTestFramework("Threads");
        await CreateAsync("ioasid-driver", folder, "--name", "Adder");
        Consumer device = new(folder, Path.Combine(folder, "Adder"));
        device.Write("Mistakes.cs", """
            namespace Adder;

            public static class Mistakes
            {
                public static async Task WaitAsync(ValueTask wait)
                {
                    await Task.Delay(1);
                    await wait.ConfigureAwait(false);
                }
            }
            """);

        (await device.RestoreAsync()).EnsureSucceeded();
        DotnetResult build = (await device.BuildAsync()).EnsureSucceeded();

        Assert.Equal(["Mistakes.cs(7): warning RS0030", "Mistakes.cs(8): warning RS0030"], build.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    [Fact]
    public void Versions_of_other_packages_are_those_of_the_repository()
    {
        string versions = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"));
        string content = Path.Combine(RepositoryRoot.Path, "templates", "IoAsid.Typed.Templates", "content");

        string[] others = [.. Directory.EnumerateFiles(content, "*.csproj", SearchOption.AllDirectories).SelectMany(file => References().Matches(File.ReadAllText(file))).Select(reference => reference.Value)];
        Assert.Equal(2, others.Length);
        Assert.All(others, reference => Assert.Contains(reference, versions, StringComparison.Ordinal));
    }

    // A hive of its own keeps the templates of the user as they are.
    private async Task CreateAsync(string template, string folder, params IEnumerable<string> options)
    {
        string hive = Path.Combine(folder, ".hive");
        (await Dotnet.RunAsync(folder, "new", "install", package.FileOf("IoAsid.Typed.Templates"), "--debug:custom-hive", hive)).EnsureSucceeded();
        (await Dotnet.RunAsync(folder, ["new", template, "--output", ".", "--no-update-check", "--debug:custom-hive", hive, .. options])).EnsureSucceeded();
        Directory.Delete(hive, recursive: true);
    }

    [GeneratedRegex(@"Include=""(?!IoAsid)[\w.-]+"" Version=""[\d.]+""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex References();
}
