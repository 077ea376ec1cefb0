namespace IoAsid.Typed.Mutations;

/// <summary>The files of the repository that the tests run in.</summary>
internal static class WorkingTree
{
    public static string PathOf(string file)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IoAsid.Typed.sln")))
                return Path.Combine(folder.FullName, file);
        }

        throw new InvalidOperationException("Run it from inside the repository: it writes there.");
    }
}
