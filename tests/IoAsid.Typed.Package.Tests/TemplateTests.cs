using System.Text.RegularExpressions;
using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The templates of the packed package, as a user creates projects from them.</summary>
public sealed partial class TemplateTests(TemplateTests.Projects projects) : IClassFixture<TemplateTests.Projects>
{
    [Fact]
    public async Task Console_template_builds_without_a_warning_and_runs()
    {
        projects.Console.AssertSilent();
        Assert.Equal("1: editor\n2: OtherSet", await projects.Console.Consumer.RunAsync());
    }

    [Fact]
    public async Task Driver_template_builds_without_a_warning_and_its_tests_pass()
    {
        DotnetResult test = (await Dotnet.RunAsync(projects.Driver, "test", "-p:TreatWarningsAsErrors=true")).EnsureSucceeded();

        Assert.Contains("succeeded: 3", test.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Driver_template_reports_threads_in_the_device() =>
        projects.Threads.AssertReports(["Mistakes.cs(7): warning RS0030", "Mistakes.cs(8): warning RS0030"]);

    [Fact]
    public void Versions_of_other_packages_are_those_of_the_repository()
    {
        string versions = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"));
        string content = Path.Combine(RepositoryRoot.Path, "templates", "IoAsid.Typed.Templates", "content");

        string[] others = [.. Directory.EnumerateFiles(content, "*.csproj", SearchOption.AllDirectories).SelectMany(file => References().Matches(File.ReadAllText(file))).Select(reference => reference.Value)];
        Assert.Equal(2, others.Length);
        Assert.All(others, reference => Assert.Contains(reference, versions, StringComparison.Ordinal));
    }

    /// <summary>A project of each template, and a driver with mistakes.</summary>
    public sealed class Projects(PackedPackage package) : IAsyncLifetime
    {
        // A separate hive leaves the templates of the user unchanged.
        private readonly string _hive = package.CreateFolder("Hive");

        internal ConsumerBuild Console { get; private set; } = null!;

        internal ConsumerBuild Threads { get; private set; } = null!;

        /// <summary>The folder of the driver.</summary>
        internal string Driver { get; } = package.CreateFolderWithTestFramework("Driver");

        public async ValueTask InitializeAsync()
        {
            string console = package.CreateFolder("Console");
            (await Dotnet.RunAsync(_hive, "new", "install", package.FileOf("IoAsid.Typed.Templates"), "--debug:custom-hive", _hive)).EnsureSucceeded();
            await CreateAsync("ioasid-console", console);
            await CreateAsync("ioasid-driver", Driver, "--name", "Adder");

            string threads = package.CreateFolderWithTestFramework("Threads");
            FolderCopy.Copy(Path.Combine(Driver, "Adder"), Path.Combine(threads, "Adder"));
            File.Copy(Path.Combine(Driver, "Directory.Build.props"), Path.Combine(threads, "Directory.Build.props"));
            Consumer device = new(threads, Path.Combine(threads, "Adder"));
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

            ConsumerBuild[] builds = await package.BuildAsync((new Consumer(console, console), ""), (device, ""));
            (Console, Threads) = (builds[0], builds[1]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task CreateAsync(string template, string folder, params IEnumerable<string> options) =>
            (await Dotnet.RunAsync(folder, ["new", template, "--output", ".", "--no-update-check", "--debug:custom-hive", _hive, .. options])).EnsureSucceeded();
    }

    [GeneratedRegex(@"Include=""(?!IoAsid)[\w.-]+"" Version=""[\d.]+""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex References();
}
