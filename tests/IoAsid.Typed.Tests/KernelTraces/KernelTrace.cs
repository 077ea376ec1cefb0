using System.IO.Compression;
using System.Text.Json.Nodes;

namespace IoAsid.Typed.Tests.KernelTraces;

/// <summary>A recording of the Linux kernel's <c>drivers/iommu/ioasid.c</c>: operations from an empty state with their results, in JSON lines.</summary>
internal sealed record KernelTrace(string Name, IReadOnlyList<KernelOperation> Operations)
{
    private const string FolderVariable = "IOASID_KERNEL_TRACES";

    /// <summary>The folder that the environment variable names; by default, the traces beside the tests.</summary>
    public static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named
        ? named
        : Path.Combine(AppContext.BaseDirectory, "KernelTraces", "Traces");

    /// <summary>Reads all traces of a folder, plain or compressed.</summary>
    /// <exception cref="InvalidDataException">The folder has no trace, or a trace has an unknown format.</exception>
    public static IReadOnlyList<KernelTrace> ReadAll(string folder)
    {
        string[] files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(IsTrace).Order(StringComparer.Ordinal)]
            : throw new InvalidDataException($"There is no folder '{folder}' to read kernel traces from.");
        return files.Length > 0 ? [.. files.Select(Read)] : throw new InvalidDataException($"The folder '{folder}' has no kernel trace (*.jsonl, *.jsonl.gz).");
    }

    public static KernelTrace Parse(string name, IEnumerable<string> lines)
    {
        KernelOperation[] operations = [.. lines.Select((line, index) => (line, index)).Skip(1).Select(at => ParseLine(name, at.line, at.index + 1))];
        return operations.Length > 0 ? new(name, operations) : throw new InvalidDataException($"The trace {name} has no operation.");
    }

    private static KernelOperation ParseLine(string name, string line, int number)
    {
        try
        {
            return new KernelOperation(name, number, JsonNode.Parse(line)!.AsObject());
        }
        catch (System.Text.Json.JsonException broken)
        {
            throw new InvalidDataException($"{name} line {number} is not JSON: {line}", broken);
        }
    }

    private static bool IsTrace(string file) =>
        file.EndsWith(".jsonl", StringComparison.Ordinal) || file.EndsWith(".jsonl.gz", StringComparison.Ordinal);

    private static KernelTrace Read(string file)
    {
        using Stream stored = File.OpenRead(file);
        using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        using StreamReader reader = new(plain);
        return Parse(Path.GetFileName(file).Split('.')[0], Lines(reader));
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
