using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using System.Text;
using System.Xml.Linq;

namespace IoAsid.Typed.Package.Tests;

/// <summary>The contents of a packed package.</summary>
internal sealed class PackageReader(string file)
{
    // The kind of the table from source files to addresses (Portable PDB format, Source Link).
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public IEnumerable<string> Files
    {
        get
        {
            using ZipArchive archive = ZipFile.OpenRead(file);
            return [.. archive.Entries.Select(entry => entry.FullName).Where(name => !IsEnvelope(name)).Order(StringComparer.Ordinal)];
        }
    }

    public XElement Metadata
    {
        get
        {
            using MemoryStream nuspec = new(Read(Files.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal))));
            return XDocument.Load(nuspec).Root!.Elements().Single();
        }
    }

    /// <summary>Returns the references of a library that are neither of the framework nor of this package.</summary>
    public IEnumerable<string> ForeignReferences(string library)
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] own = [.. Files.Select(name => Path.GetFileNameWithoutExtension(name))];
        return Inspect(library, assembly => assembly.GetReferencedAssemblies().Select(name => name.Name!).ToArray())
            .Where(name => !own.Contains(name) && !File.Exists(Path.Combine(framework, name + ".dll")));
    }

    public IReadOnlySet<string> AssemblyMetadata(string library) => Inspect(library, assembly =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Select(attribute => $"{attribute.Key}={attribute.Value}").ToHashSet());

    public IReadOnlySet<DebugDirectoryEntryType> DebugEntries(string assembly)
    {
        using PEReader reader = new(new MemoryStream(Read(assembly)));
        return reader.ReadDebugDirectory().Select(entry => entry.Type).ToHashSet();
    }

    /// <summary>Returns the table from source files to addresses in the symbols of an assembly.</summary>
    public string SourceLink(string assembly)
    {
        using PEReader reader = new(new MemoryStream(Read(assembly)));
        DebugDirectoryEntry symbols = reader.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using MetadataReaderProvider provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData(symbols);
        MetadataReader metadata = provider.GetMetadataReader();
        CustomDebugInformation table = metadata.GetCustomDebugInformation(EntityHandle.ModuleDefinition)
            .Select(metadata.GetCustomDebugInformation).Single(information => metadata.GetGuid(information.Kind) == s_sourceLink);
        return Encoding.UTF8.GetString(metadata.GetBlobBytes(table.Value));
    }

    public byte[] Read(string entry)
    {
        using ZipArchive archive = ZipFile.OpenRead(file);
        using Stream stream = archive.GetEntry(entry)!.Open();
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }

    // The files around the contents of every package, as the Open Packaging Conventions require them.
    private static bool IsEnvelope(string name) =>
        name is "_rels/.rels" or "[Content_Types].xml" || name.StartsWith("package/", StringComparison.Ordinal);

    private T Inspect<T>(string library, Func<Assembly, T> question)
    {
        AssemblyLoadContext context = new(library, isCollectible: true);
        try
        {
            return question(context.LoadFromStream(new MemoryStream(Read(library))));
        }
        finally
        {
            context.Unload();
        }
    }
}
