using System.Xml.Linq;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The folder of the solution, found upwards from the test assembly.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Returns a property of the build that all projects share.</summary>
    public static string Property(string name) => XDocument.Load(System.IO.Path.Combine(Path, "Directory.Build.props")).Descendants(name).Single().Value;

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "IoAsid.Typed.sln")))
            folder = folder.Parent;

        return folder?.FullName ?? throw new InvalidOperationException("The tests must run from inside the repository: they pack it.");
    }
}
