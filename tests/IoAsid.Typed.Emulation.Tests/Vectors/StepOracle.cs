using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>What a memory request must come to, by the verdict on its step (see the README of the vectors).</summary>
internal sealed class StepOracle
{
    private const int InterruptRangeRequest = 0x29;

    private readonly JsonElement _step;
    private readonly JsonElement _recorded;
    private readonly JsonElement _specified;
    private readonly string _verdict;
    private readonly bool _cacheDependent;
    private readonly ReasonNarrowing _narrowing;

    private readonly IReadOnlyList<JsonElement> _earlier;

    // FI holds no more address bits than the widest second stage has (VT-d 11.4.16); the recorded unit kept all of them.
    private readonly ulong _addressMask;

    /// <param name="vector">The vector.</param>
    /// <param name="step">A memory request of it.</param>
    /// <param name="earlier">The memory requests before it.</param>
    public StepOracle(Vector vector, JsonElement step, IReadOnlyList<JsonElement> earlier)
    {
        _earlier = earlier;
        _step = step;
        _recorded = step.GetProperty("expect");
        _specified = step.GetProperty("spec");
        _cacheDependent = step.Flag("cache_dependent");
        _narrowing = new ReasonNarrowing(vector, step);
        _verdict = Decide(vector, step);
        _addressMask = (1UL << vector.Config.Number("aw_bits")) - 1;
    }

    /// <summary>Where the data may have gone: by the recording, by the specification, and as it went before.</summary>
    public IReadOnlyList<Segment> CandidateSegments =>
        [.. SegmentsOf(_recorded), .. SegmentsOf(_specified), .. _earlier.SelectMany(step => SegmentsOf(step.GetProperty("expect")))];

    /// <summary>
    /// The words of the tables that change; null where the recording says nothing that can be trusted: of a request that is refused (the recorded unit
    /// tests rights on each level), and once caches have decided which tables were walked.
    /// </summary>
    public IEnumerable<(ulong Address, ulong Value)>? Changes => CachesDecide || _recorded.Text("result") != "ok" ? null : _verdict switch
    {
        "full" or "code" => _recorded.Maybe("changed")?.Words() ?? [],
        "none" or "unsure" when _specified.Maybe("changed") is { } changed => changed.Words(),
        _ => null,
    };

    /// <summary>Where what happened differs from what must.</summary>
    public IEnumerable<string> Compare(bool done, List<(ulong Input, ulong Output)> moved, (ulong Low, ulong High)? fault, uint status)
    {
        if (_step.Flag("msi") || _recorded.Text("result") == "msi")
            return CompareInterrupt(moved, fault);
        if (_cacheDependent)
            return Answers.Any(answer => !Compare(answer, done, moved, fault).Any()) ? [] : Compare(_specified, done, moved, fault);

        return _verdict is "full" or "code" or "detail"
            ? Compare(_recorded, done, moved, fault).Concat(CompareRecord(fault, status))
            : Compare(_specified, done, moved, fault).Concat(CompareSpecifiedRecord(fault));
    }

    private IEnumerable<string> CompareSpecifiedRecord((ulong Low, ulong High)? fault)
    {
        bool recorded = _specified.Flag("recorded");
        if (recorded != fault is not null)
            yield return $"a fault was {(recorded ? "not recorded, and should be" : "recorded, and should not be")}";
        if (!recorded || fault is not { } record)
            yield break;
        ulong expected = _specified.Hex("fi") & _addressMask;
        if (record.Low != expected)
            yield return $"FI is 0x{record.Low:X}, expected 0x{expected:X}";
        if ((record.High >> 31 & 1) != (ulong)_specified.Number("pp"))
            yield return $"PP is {record.High >> 31 & 1}, expected {_specified.Number("pp")}";
    }

    // Only writes may go to the interrupt range: others are refused (VT-d 3.15). The recorded unit let reads pass.
    private string[] CompareInterrupt(List<(ulong Input, ulong Output)> moved, (ulong Low, ulong High)? fault)
    {
        int expected = _step.Text("dir") == "write" ? 0 : InterruptRangeRequest;
        return moved.Count == 0 && Reason(fault) == expected ? [] : [$"a request to the interrupt range moved {moved.Count} words, and the fault is {Reason(fault):X}h"];
    }

    private bool CachesDecide => _cacheDependent || _earlier.Any(step => step.Flag("cache_dependent"));

    // Fresh, as recorded, or as it was before: all are right where caches may decide.
    private IEnumerable<JsonElement> Answers =>
        [_recorded, _specified, .. _earlier.Where(step => step.Hex("iova") == _step.Hex("iova")).Select(step => step.GetProperty("expect"))];

    // The recording is to be trusted on what is reserved (bit 62, bit 11 of a non-leaf), not on its use of AW for the canonical check.
    private static string Decide(Vector vector, JsonElement step)
    {
        string verdict = step.Maybe("verdict")?.GetString() ?? "none";
        return verdict == "unsure" && vector.Kind.StartsWith("rsvd-pte", StringComparison.Ordinal) ? "detail" : verdict;
    }

    private IEnumerable<string> Compare(JsonElement expected, bool done, List<(ulong Input, ulong Output)> moved, (ulong Low, ulong High)? fault)
    {
        bool shouldBeDone = expected.Text("result") == "ok";
        if (done != shouldBeDone)
            yield return $"it was {(done ? "done" : $"refused ({Reason(fault):X}h)")} and should be {(shouldBeDone ? "done" : $"refused ({string.Join(", ", Reasons.Select(reason => $"{reason:X}h"))})")}";
        string places = Describe(moved);
        string shouldBePlaces = Describe(SegmentsOf(expected).SelectMany(WordsOf));
        if (places != shouldBePlaces)
            yield return $"data went to [{places}], expected [{shouldBePlaces}]";
        if (!done && !shouldBeDone && fault is not null && !IsOlderRecord && !Reasons.Contains(Reason(fault)))
            yield return $"the reason is {Reason(fault):X}h, expected one of {string.Join(", ", Reasons.Select(reason => $"{reason:X}h"))}";
    }

    // The record itself: whether there is one, and all its fields but the reason, which may be narrowed.
    private IEnumerable<string> CompareRecord((ulong Low, ulong High)? fault, uint status)
    {
        if (_verdict == "detail")
            yield break;
        if (_verdict == "full" && (_recorded.Maybe("fsts")?.Hex() ?? 0) != status)
            yield return $"FSTS is 0x{status:X}, expected 0x{_recorded.Maybe("fsts")?.Hex() ?? 0:X}";
        if (_recorded.Maybe("fault") is not { } expected)
        {
            if (fault is not null)
                yield return $"a fault was recorded ({Reason(fault):X}h), and none should be";
            yield break;
        }

        const ulong ReasonField = 0xFFUL << 32;
        JsonElement raw = expected.GetProperty("raw");
        (ulong low, ulong high) = fault ?? default;
        // Of a PASID the recording keeps 16 bits; in a `code` step it may be missing.
        const ulong PasidBeyond16Bits = 0xFUL << 56;
        ulong compared = _verdict == "full" ? ~(ReasonField | PasidBeyond16Bits) : 0xFFFF;
        if (low != (raw[0].Hex() & _addressMask) || (high & compared) != (raw[1].Hex() & compared))
            yield return $"the record is 0x{low:X} 0x{high:X}, expected 0x{raw[0].Hex():X} 0x{raw[1].Hex():X}";
    }

    private IReadOnlyCollection<int> Reasons => _narrowing.Narrow(
        _specified.Maybe("reasons") is { } reasons ? [.. reasons.EnumerateArray().Select(reason => reason.GetInt32())]
        : _recorded.Maybe("fault") is { } fault ? [fault.Number("reason")] : []);

    // While a record stands the next fault finds no room, and what is read is the older one.
    private bool IsOlderRecord => _recorded.Maybe("fault") is { } fault && _specified.Maybe("fi") is { } address && fault.Hex("fi") != address.Hex();

    private static int Reason((ulong Low, ulong High)? fault) => fault is { } record ? (int)(record.High >> 32 & 0xFF) : 0;

    private static IEnumerable<Segment> SegmentsOf(JsonElement outcome) => outcome.Maybe("segments") is { } segments
        ? segments.EnumerateArray().Select(segment => new Segment(segment[0].Hex(), segment[1].Hex(), segment[2].GetUInt64()))
        : [];

    private static IEnumerable<(ulong Input, ulong Output)> WordsOf(Segment segment)
    {
        for (ulong offset = 0; offset < segment.Length; offset += 8)
            yield return (segment.Input + offset, segment.Output + offset);
    }

    // Consecutive words as one piece.
    private static string Describe(IEnumerable<(ulong Input, ulong Output)> words)
    {
        List<Segment> pieces = [];
        foreach ((ulong input, ulong output) in words.OrderBy(word => word.Input))
        {
            if (pieces.Count > 0 && pieces[^1] is var last && last.Input + last.Length == input && last.Output + last.Length == output)
                pieces[^1] = last with { Length = last.Length + 8 };
            else
                pieces.Add(new Segment(input, output, 8));
        }

        return string.Join(", ", pieces.Select(piece => $"0x{piece.Input:X} to 0x{piece.Output:X}, {piece.Length} bytes"));
    }
}
