using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoAsid.Typed.Vtd.Tests.Registers;

/// <summary>A recording of one register in one configuration of an independent unit, QEMU 11.1.3.</summary>
internal sealed record RecordedRegister(string Configuration, VtdCapabilities Unit, string Name, int Offset, int Width, ulong Reset, ulong? AfterAllOnes, ulong? ThenZero)
{
    private const string FolderVariable = "IOASID_VTD_VECTORS";
    private const string FileName = "registers.json";

    /// <summary>Reads the recordings in the folder that the environment variable names. Without the variable, reads the copies in the tests.</summary>
    /// <exception cref="InvalidDataException">The folder has no recording, or the recording has no register.</exception>
    public static IReadOnlyList<RecordedRegister> ReadAll() => ReadAll(
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "Vectors"));

    public static IReadOnlyList<RecordedRegister> ReadAll(string folder)
    {
        string plain = Path.Combine(folder, FileName);
        string compressed = plain + ".gz";
        string file = File.Exists(plain) ? plain : File.Exists(compressed) ? compressed : throw new InvalidDataException($"'{folder}' has no {FileName} and no {FileName}.gz.");
        RecordedRegister[] registers = [.. Parse(Open(file), file).SelectMany(configuration => Registers(configuration.Key, configuration.Value!.AsObject()))];
        return registers.Length > 0 ? registers : throw new InvalidDataException($"{file} has no register.");
    }

    private static Stream Open(string file) =>
        file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : File.OpenRead(file);

    private static JsonObject Parse(Stream stream, string file)
    {
        using (stream)
        {
            try
            {
                return JsonNode.Parse(stream)!.AsObject();
            }
            catch (JsonException broken)
            {
                throw new InvalidDataException($"{file} is not JSON.", broken);
            }
        }
    }

    private static IEnumerable<RecordedRegister> Registers(string name, JsonObject configuration)
    {
        JsonObject registers = configuration["registers"]!.AsObject();
        VtdCapabilities unit = new(Hex(registers["CAP"]!, "reset")!.Value, Hex(registers["ECAP"]!, "reset")!.Value, name.Contains("39", StringComparison.Ordinal) ? 39 : 48);
        return registers.Select(register => new RecordedRegister(
            name,
            unit,
            register.Key,
            (int)Hex(register.Value!, "offset")!.Value,
            (int)register.Value!["width"]!,
            Hex(register.Value!, "reset")!.Value,
            Hex(register.Value!, "after_all_ones"),
            Hex(register.Value!, "then_zero")));
    }

    private static ulong? Hex(JsonNode register, string key) =>
        register[key] is { } text ? ulong.Parse(((string)text!).AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : null;
}
