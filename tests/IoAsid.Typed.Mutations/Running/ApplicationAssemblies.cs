using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace IoAsid.Typed.Mutations;

/// <summary>The assemblies of the application, by name.</summary>
internal static class ApplicationAssemblies
{
    private static readonly Dictionary<string, string> s_paths = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .DistinctBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal);

    /// <summary>Returns the paths of the assemblies that refer to the named one, directly or through others.</summary>
    public static IReadOnlyDictionary<string, string> DependentsOf(string assembly)
    {
        Dictionary<string, string[]> references = s_paths
            .Where(pair => Path.GetDirectoryName(pair.Value) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
            .ToDictionary(pair => pair.Key, pair => ReferencesOf(pair.Value), StringComparer.Ordinal);
        HashSet<string> found = new([assembly], StringComparer.Ordinal);
        while (references.FirstOrDefault(pair => !found.Contains(pair.Key) && pair.Value.Any(found.Contains)).Key is { } next)
            found.Add(next);
        found.Remove(assembly);
        return found.ToDictionary(name => name, name => s_paths[name], StringComparer.Ordinal);
    }

    /// <summary>Returns the paths of all assemblies except the given ones.</summary>
    public static IEnumerable<string> Except(IEnumerable<string> names) => s_paths.Keys.Except(names, StringComparer.Ordinal).Select(name => s_paths[name]);

    private static string[] ReferencesOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        using PEReader image = new(file);
        if (!image.HasMetadata)
            return [];
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name))];
    }
}
