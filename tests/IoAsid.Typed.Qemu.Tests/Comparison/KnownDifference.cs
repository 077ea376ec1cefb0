using System.Text.Json;
using System.Text.RegularExpressions;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A difference between the two units that is explained.</summary>
/// <param name="Name">The name of the difference.</param>
/// <param name="Qemu">A pattern of the line on QEMU's unit; null if the line is missing there.</param>
/// <param name="Emulated">A pattern of the line on the emulated unit; null if the line is missing there.</param>
/// <param name="Rule">The behaviour of both units, and the correct one.</param>
/// <param name="Specification">The section of the VT-d specification that decides.</param>
internal sealed record KnownDifference(string Name, string? Qemu, string? Emulated, string Rule, string Specification)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    /// <summary>All explained differences.</summary>
    public static IReadOnlyList<KnownDifference> All { get; } = Read();

    /// <summary>Returns true if the difference explains two lines.</summary>
    /// <remarks>The group <c>rest</c> of both patterns must match the same text.</remarks>
    public bool Explains(string? qemu, string? emulated) =>
        TryMatch(Qemu, qemu, out string theirs) && TryMatch(Emulated, emulated, out string ours) && theirs == ours;

    private static bool TryMatch(string? pattern, string? line, out string rest)
    {
        rest = "";
        if (pattern is null || line is null)
            return pattern is null && line is null;
        Match match = Regex.Match(line, $"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        rest = match.Groups["rest"].Value;
        return match.Success;
    }

    private static KnownDifference[] Read()
    {
        using Stream stream = typeof(KnownDifference).Assembly.GetManifestResourceStream("differences.json")!;
        return JsonSerializer.Deserialize<KnownDifference[]>(stream, s_options)!;
    }
}
