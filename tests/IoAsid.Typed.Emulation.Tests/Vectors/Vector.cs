using System.Globalization;
using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>One recorded run: a machine, its memory, and the steps with what was seen.</summary>
internal sealed class Vector(JsonElement json)
{
    public string Id => json.Text("id");

    public string Kind => json.Text("kind");

    public string Mode => json.Text("mode");

    public string Agreement => json.Text("agreement");

    public JsonElement Config => json.GetProperty("config");

    public bool TranslationEnabled => json.GetProperty("te").GetBoolean();

    public ulong RootTable => json.Hex("rtaddr");

    public ulong GlobalStatus => json.Hex("gsts");

    public JsonElement? Queue => json.TryGetProperty("iq", out JsonElement queue) && queue.ValueKind == JsonValueKind.Object ? queue : null;

    public IEnumerable<(ulong Address, ulong Value)> Memory => json.GetProperty("mem").Words();

    public IEnumerable<JsonElement> RegistersBefore => json.TryGetProperty("preregs", out JsonElement registers) ? registers.EnumerateArray() : [];

    public IEnumerable<JsonElement> Steps => json.GetProperty("steps").EnumerateArray();

    public override string ToString() => $"{Id} {Kind} ({Agreement})";
}

/// <summary>Reads the notation of the vectors: addresses and values are hexadecimal strings, small numbers are numbers.</summary>
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
