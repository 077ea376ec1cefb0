namespace IoAsid.Typed.Analyzers.Tests.Pages;

/// <summary>The folder of rule pages in the working tree.</summary>
internal static class RulePages
{
    /// <summary>The root of the working tree.</summary>
    public static readonly string Repository = Root();

    public static readonly string Folder = Path.Combine(Repository, "docs", "rules");

    /// <summary>The diagnostics of the package's MSBuild targets: id, category, title, severity.</summary>
    public static readonly (string Id, string Category, string Title, string Severity) OfTheBuild =
        ("IOASID0001", "IoAsid.Configuration", "Unknown stage of a migration", "error");

    public static string Index => Path.Combine(Folder, "README.md");

    public static string[] Files() => [.. Directory.GetFiles(Folder, "IOASID*.md").Order(StringComparer.Ordinal)];

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IoAsid.Typed.sln")))
            folder = folder.Parent;

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the working tree of the repository.");
    }
}
