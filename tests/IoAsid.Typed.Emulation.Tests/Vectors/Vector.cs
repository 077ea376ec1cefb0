using System.Globalization;
using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>A recorded run: the configuration of a machine, its memory, and the steps with their results.</summary>
/// <remarks>
/// The recorded unit sets accessed and dirty bits of the first stage although it reports no coherent walks, and it uses AW of entries without a second stage. A
/// unit that conforms to the specification does the first with PWSNP, and the second with ECAP.SSTS (VT-d 9.6, 3.10). Therefore the replay sets both.
/// </remarks>
internal sealed class Vector(JsonElement json)
{
    private const ulong SecondStage = 1UL << 46;
    private const ulong CoherentWalks = 1UL << 48;
    private const ulong PageWalkSnoop = 1UL << 23;

    private readonly HashSet<ulong> _secondWordsOfPasidEntries = FindPasidEntries(json);

    public string Id => json.Text("id");

    public string Kind => json.Text("kind");

    public string Mode => json.Text("mode");

    public string Agreement => json.Text("agreement");

    public JsonElement Config => json.GetProperty("config");

    public bool IsFirstStage => Mode == "scalable-first" || Config.GetProperty("stages").EnumerateArray().Any(stage => stage.GetString() == "fs");

    public ulong ExtendedCapability => Config.Hex("ecap") | (IsFirstStage ? SecondStage | CoherentWalks : 0);

    public bool TranslationEnabled => json.GetProperty("te").GetBoolean();

    public ulong RootTable => json.Hex("rtaddr");

    public ulong GlobalStatus => json.Hex("gsts");

    public JsonElement? Queue => json.TryGetProperty("iq", out JsonElement queue) && queue.ValueKind == JsonValueKind.Object ? queue : null;

    public IEnumerable<(ulong Address, ulong Value)> Memory => json.GetProperty("mem").Words().Select(Adapt);

    public IEnumerable<JsonElement> RegistersBefore => json.TryGetProperty("preregs", out JsonElement registers) ? registers.EnumerateArray() : [];

    public IEnumerable<JsonElement> Steps => json.GetProperty("steps").EnumerateArray();

    /// <summary>Returns a recorded word of memory as the replay writes it.</summary>
    public (ulong Address, ulong Value) Adapt((ulong Address, ulong Value) word) =>
        IsFirstStage && _secondWordsOfPasidEntries.Contains(word.Address) ? (word.Address, word.Value | PageWalkSnoop) : word;

    // Follows the root table, context tables and PASID directories in the initial memory.
    private static HashSet<ulong> FindPasidEntries(JsonElement json)
    {
        Dictionary<ulong, ulong> memory = json.GetProperty("mem").Words().ToDictionary();
        ulong[] contexts = [.. Pointers(memory, json.Hex("rtaddr"), 4096, 8)];
        ulong[] directories = [.. contexts.SelectMany(table => Pointers(memory, table, 4096, 32))];
        ulong[] tables = [.. directories.SelectMany(directory => Pointers(memory, directory, 1 << 17, 8))];
        return [.. tables.SelectMany(table => Enumerable.Range(0, 64).Select(entry => (table & ~0xFFFUL) + (ulong)entry * 64 + 8))];
    }

    private static IEnumerable<ulong> Pointers(Dictionary<ulong, ulong> memory, ulong table, int size, int step)
    {
        for (int offset = 0; offset < size; offset += step)
        {
            if (memory.TryGetValue((table & ~0xFFFUL) + (ulong)offset, out ulong entry) && (entry & 1) != 0)
                yield return entry & ~0xFFFUL;
        }
    }

    public override string ToString() => $"{Id} {Kind} ({Agreement})";
}

/// <summary>The notation of the vectors: addresses and values are hexadecimal strings, small numbers are numbers.</summary>
internal static class VectorJson
{
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static ulong Hex(this JsonElement json, string name) => json.GetProperty(name).Hex();

    public static ulong Hex(this JsonElement json) => ulong.Parse(json.GetString()!.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static int Number(this JsonElement json, string name) => json.GetProperty(name).GetInt32();

    public static bool Flag(this JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value)
        && (value.ValueKind == JsonValueKind.True || value.ValueKind == JsonValueKind.Number && value.GetInt32() != 0);

    public static JsonElement? Maybe(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static IEnumerable<(ulong Address, ulong Value)> Words(this JsonElement json) =>
        json.EnumerateArray().Select(pair => (pair[0].Hex(), pair[1].Hex()));
}
