using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>
/// The choice of one fault reason where a vector allows several in the second stage of scalable mode. The architecture requires 79h if read and write are both
/// forbidden, by one entry or by all together. It requires 7Ah for a reserved bit on any level, and 85h or 86h if only the requested right is missing
/// (VT-d 7.1.3).
/// </summary>
internal sealed class ReasonNarrowing(Vector vector, JsonElement step)
{
    private const int NotPresent = 0x79;
    private const int Reserved = 0x7A;

    // Some recordings in scalable mode contain the reason number of legacy mode.
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
