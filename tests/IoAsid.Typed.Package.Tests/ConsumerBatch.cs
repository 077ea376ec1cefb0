using System.Xml.Linq;
using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The build of many programs in one command. To start a build takes longer than to build a small program.</summary>
internal static class ConsumerBatch
{
    private const string RestoreAndBuild = "-restore";
    private const string RestoreOnly = "-target:Restore";

    /// <summary>Restores and builds programs, each with properties such as <c>A=1;B=2</c>. Programs of one batch have folders of their own.</summary>
    public static Task<ConsumerBuild[]> BuildAsync(string folder, params IReadOnlyList<(Consumer Consumer, string Properties)> programs) => RunAsync(folder, RestoreAndBuild, programs);

    /// <summary>Restores programs.</summary>
    public static Task<ConsumerBuild[]> RestoreAsync(string folder, params IReadOnlyList<(Consumer Consumer, string Properties)> programs) => RunAsync(folder, RestoreOnly, programs);

    private static async Task<ConsumerBuild[]> RunAsync(string folder, string command, IReadOnlyList<(Consumer Consumer, string Properties)> programs)
    {
        string batch = Path.Combine(folder, $"batch-{Guid.NewGuid():n}.proj");
        Describe(programs).Save(batch);
        DotnetResult all = await Dotnet.RunAsync(folder, "msbuild", batch, command, "-maxCpuCount:1", "-nologo", "-verbosity:quiet", "-terminalLogger:off", "-consoleLoggerParameters:NoSummary");
        ConsumerBuild[] builds = [.. programs.Select(program => new ConsumerBuild(program.Consumer, Part(all, program.Consumer)))];

        // A failure that belongs to no program comes from the batch, for example from a project file that cannot be read.
        Assert.True(all.Succeeded || builds.Any(build => !build.Result.Succeeded), all.ToString());
        return builds;
    }

    private static XDocument Describe(IEnumerable<(Consumer Consumer, string Properties)> programs) => new(new XElement(
        "Project",
        new XAttribute("DefaultTargets", "Build"),
        new XElement("ItemGroup", programs.Select(program => new XElement(
            "Program",
            new XAttribute("Include", program.Consumer.ProjectFile),
            program.Properties.Length == 0 ? null : new XElement("AdditionalProperties", program.Properties)))),
        new[] { "Restore", "Build" }.Select(target => new XElement(
            "Target",
            new XAttribute("Name", target),
            new XElement("MSBuild", new XAttribute("Projects", "@(Program)"), new XAttribute("Targets", target), new XAttribute("ContinueOnError", "true"))))));

    /// <summary>Returns the lines of the output that name a project of the program. Each message begins or ends with the project.</summary>
    private static DotnetResult Part(DotnetResult all, Consumer program)
    {
        string[] lines = [.. all.Output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Contains($"{program.Root}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
        return new DotnetResult($"{all.Command} ({program.ProjectFile})", lines.Any(line => line.Contains(": error ", StringComparison.Ordinal)) ? 1 : 0, string.Join('\n', lines));
    }
}
