using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>
/// Where a vector allows several reasons in the second stage of scalable mode, says which one the architecture means: 79h when reads and writes are
/// both forbidden, by an entry or by all together; 7Ah for a reserved bit, however deep; 85h and 86h when only the right that is wanted is missing.
/// </summary>
internal sealed class ReasonNarrowing(Vector vector, JsonElement step)
{
    private const int NotPresent = 0x79;
    private const int Reserved = 0x7A;

    // Some recordings in scalable mode carry the number of legacy mode.
    private const int LegacyReserved = 0x0C;

    public IReadOnlyCollection<int> Narrow(IReadOnlyCollection<int> reasons)
    {
        if (vector.Mode == "scalable-second" && reasons.Contains(LegacyReserved))
            return [Reserved];
        if (vector.Mode != "scalable-second" || !reasons.Contains(NotPresent))
            return reasons.Contains(0x84) && reasons.Contains(0x83) ? [0x84] : reasons;
        if (reasons.Contains(Reserved))
            return [Reserved];
        return vector.Kind.StartsWith("perm/", StringComparison.Ordinal)
            ? [.. reasons.Where(reason => reason != NotPresent)]
            : reasons;
    }

    public override string ToString() => $"{vector}: {step}";
}
