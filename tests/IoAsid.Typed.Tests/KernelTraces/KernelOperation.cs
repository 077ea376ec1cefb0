using System.Text.Json.Nodes;

namespace IoAsid.Typed.Tests.KernelTraces;

/// <summary>One line of a trace: an operation of the kernel and its result.</summary>
internal sealed class KernelOperation(string trace, int line, JsonObject fields)
{
    private static readonly HashSet<string> ResultNames = ["result", "runs", "failed", "warn", "count", "freed", "called", "arg", "error", "calls"];

    // The count is an argument of alloc_many and a result of put_many.
    private readonly HashSet<string> _resultNames = fields["op"]!.GetValue<string>() == "alloc_many" ? [.. ResultNames.Except(["count"])] : ResultNames;

    public string Kind => Text("op")!;

    public JsonObject Expected => new(fields.Where(IsResult).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));

    public uint Number(string name) => fields[name]!.GetValue<uint>();

    public int? Data(string name) => fields[name]?.GetValue<int>();

    public string? Text(string name) => fields[name]?.GetValue<string>();

    public string Disagreement(JsonObject got) =>
        $"{trace} line {line}: {fields.Where(entry => !IsResult(entry)).Aggregate("", (text, entry) => $"{text} {entry.Key}={entry.Value?.ToJsonString() ?? "null"}").Trim()}"
        + $"; expected {Expected.ToJsonString()}, got {got.ToJsonString()}";

    private bool IsResult(KeyValuePair<string, JsonNode?> entry) => _resultNames.Contains(entry.Key);
}
