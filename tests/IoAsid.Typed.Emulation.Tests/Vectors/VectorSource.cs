using System.IO.Compression;
using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>
/// The source of the vectors: the copy in this folder, or the folder in IOASID_VTD_VECTORS (vectors.jsonl, or vectors.jsonl.gz).
/// </summary>
internal static class VectorSource
{
    private const string Variable = "IOASID_VTD_VECTORS";

    /// <summary>Loads all vectors, in the order of the file.</summary>
    /// <exception cref="InvalidOperationException">The folder has no vectors.</exception>
    public static IReadOnlyList<Vector> Load() => LoadFrom(
        Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(AppContext.BaseDirectory, "Vectors"));

    public static IReadOnlyList<Vector> LoadFrom(string folder)
    {
        List<Vector> vectors = [];
        string plain = Path.Combine(folder, "vectors.jsonl");
        using Stream? stream = File.Exists(plain) ? File.OpenRead(plain)
            : File.Exists(plain + ".gz") ? new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress)
            : null;
        if (stream is not null)
        {
            using StreamReader reader = new(stream);
            while (reader.ReadLine() is { } line)
                vectors.Add(new Vector(JsonDocument.Parse(line).RootElement));
        }

        return vectors.Count > 0 ? vectors : throw new InvalidOperationException($"No vectors are in {folder}. Put vectors.jsonl or vectors.jsonl.gz there.");
    }
}
