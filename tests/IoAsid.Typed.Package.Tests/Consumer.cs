using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>A program outside the repository that has nothing but a PackageReference to the packed package.</summary>
internal sealed class Consumer(string root, string project)
{
    public string ReadSource(string name) => File.ReadAllText(Path.Combine(project, name));

    public void Write(string name, string content) => File.WriteAllText(Path.Combine(project, name), content);

    public Task<DotnetResult> RestoreAsync(params IEnumerable<string> properties) => Dotnet.RunAsync(project, ["restore", .. properties]);

    /// <summary>Compiles everything again, so that all diagnostics are reported, and not only those of files that changed.</summary>
    public Task<DotnetResult> BuildAsync(params IEnumerable<string> properties) => BuildChangesAsync([.. properties, "--no-incremental"]);

    public Task<DotnetResult> BuildChangesAsync(params IEnumerable<string> properties) =>
        Dotnet.RunAsync(project, ["build", "--no-restore", "-v", "quiet", "-tl:off", "-clp:NoSummary", .. properties]);

    public async Task FixAsync(string severity, params IEnumerable<string> rules)
    {
        DotnetResult result = await Dotnet.RunAsync(
            project,
            ["format", "analyzers", "--no-restore", "--severity", severity, "--diagnostics", .. rules]);
        result.EnsureSucceeded();
    }

    public async Task<string> RunAsync()
    {
        DotnetResult result = await Dotnet.RunAsync(project, "run", "--no-build");
        return result.EnsureSucceeded().Output.ReplaceLineEndings("\n").TrimEnd('\n');
    }

    /// <summary>Returns the diagnostics that the comments at line ends of the sources expect: <c>// IOASID1001</c>.</summary>
    public IEnumerable<string> Marked(string severity) =>
        from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        from line in File.ReadLines(file).Index()
        let mark = line.Item.IndexOf("// IOASID", StringComparison.Ordinal)
        where mark >= 0
        select $"{Path.GetFileName(file)}({line.Index + 1}): {severity} {line.Item[(mark + 3)..]}";
}
