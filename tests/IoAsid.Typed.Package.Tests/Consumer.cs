using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>A program outside the repository that has nothing but a PackageReference to the packed package.</summary>
internal sealed class Consumer(string root, string project)
{
    /// <summary>The folder with all projects of the program.</summary>
    public string Root => root;

    public string ProjectFile => Directory.EnumerateFiles(project, "*.*proj").Single();

    public string ReadSource(string name) => File.ReadAllText(Path.Combine(project, name));

    public void Write(string name, string content) => File.WriteAllText(Path.Combine(project, name), content);

    public async Task<string> RunAsync()
    {
        DotnetResult result = await Dotnet.RunAsync(project, "exec", Path.Combine(project, "bin", "Debug", "net10.0", $"{Path.GetFileNameWithoutExtension(ProjectFile)}.dll"));
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
