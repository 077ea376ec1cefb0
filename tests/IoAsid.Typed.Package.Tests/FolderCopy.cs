namespace IoAsid.Typed.Package.Tests;

internal static class FolderCopy
{
    public static void Copy(string source, string destination, string pattern = "*")
    {
        foreach (string file in Directory.EnumerateFiles(source, pattern, SearchOption.AllDirectories).Where(file => !IsWritten(Path.GetRelativePath(source, file))))
        {
            string copy = Path.Combine(destination, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // Builds of the repository write these folders.
    private static bool IsWritten(string path) => path.Split(Path.DirectorySeparatorChar) is ["bin" or "obj", ..];
}
