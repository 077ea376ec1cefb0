using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>The required result of a memory request. It depends on the verdict of the step (see the README of the vectors).</summary>
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

    // FI has no more address bits than the widest second stage (VT-d 11.4.7.6). The recorded unit keeps all bits.
    private readonly ulong _addressMask;

    /// <param name="vector">The vector.</param>
    /// <param name="step">A memory request of the vector.</param>
    /// <param name="earlier">The earlier memory requests of the vector.</param>
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

    /// <summary>The segments of memory that the request can use, by the recording, the specification, and earlier steps.</summary>
    public IReadOnlyList<Segment> CandidateSegments =>
        [.. SegmentsOf(_recorded), .. SegmentsOf(_specified), .. _earlier.SelectMany(step => SegmentsOf(step.GetProperty("expect")))];

    /// <summary>
    /// The words of the tables that change. Null if the recording is not reliable: for a blocked request, because the recorded unit checks rights on each level,
    /// and after a step whose result depends on caches.
    /// </summary>
    public IEnumerable<(ulong Address, ulong Value)>? Changes => CachesDecide || _recorded.Text("result") != "ok" ? null : _verdict switch
    {
        "full" or "code" => _recorded.Maybe("changed")?.Words() ?? [],
        "none" or "unsure" when _specified.Maybe("changed") is { } changed => changed.Words(),
        _ => null,
    };

    /// <summary>Returns the differences between the result and the required result.</summary>
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
            yield return $"a fault was {(recorded ? "not recorded, but should be" : "recorded, but should not be")}";
        if (!recorded || fault is not { } record)
            yield break;
        ulong expected = _specified.Hex("fi") & _addressMask;
        if (record.Low != expected)
            yield return $"FI is 0x{record.Low:X}, expected 0x{expected:X}";
        if ((record.High >> 31 & 1) != (ulong)_specified.Number("pp"))
            yield return $"PP is {record.High >> 31 & 1}, expected {_specified.Number("pp")}";
    }

    // Only writes to the interrupt range are allowed. Other requests are blocked (VT-d 3.15). The recorded unit passes reads.
    private string[] CompareInterrupt(List<(ulong Input, ulong Output)> moved, (ulong Low, ulong High)? fault)
    {
        int expected = _step.Text("dir") == "write" ? 0 : InterruptRangeRequest;
        return moved.Count == 0 && Reason(fault) == expected ? [] : [$"a request to the interrupt range moved {moved.Count} words, and the fault is {Reason(fault):X}h"];
    }

    private bool CachesDecide => _cacheDependent || _earlier.Any(step => step.Flag("cache_dependent"));

    // If the result depends on caches, the recorded, the specified and each earlier result are allowed.
    private IEnumerable<JsonElement> Answers =>
        [_recorded, _specified, .. _earlier.Where(step => step.Hex("iova") == _step.Hex("iova")).Select(step => step.GetProperty("expect"))];

    // The recording is reliable about reserved bits (bit 62, bit 11 of a non-leaf entry), and not about its use of AW in the canonical check.
    private static string Decide(Vector vector, JsonElement step)
    {
        string verdict = step.Maybe("verdict")?.GetString() ?? "none";
        return verdict == "unsure" && vector.Kind.StartsWith("rsvd-pte", StringComparison.Ordinal) ? "detail" : verdict;
    }

    private IEnumerable<string> Compare(JsonElement expected, bool done, List<(ulong Input, ulong Output)> moved, (ulong Low, ulong High)? fault)
    {
        bool shouldBeDone = expected.Text("result") == "ok";
        if (done != shouldBeDone)
            yield return $"the request was {(done ? "completed" : $"blocked ({Reason(fault):X}h)")} and should be {(shouldBeDone ? "completed" : $"blocked ({string.Join(", ", Reasons.Select(reason => $"{reason:X}h"))})")}";
        string places = Describe(moved);
        string shouldBePlaces = Describe(SegmentsOf(expected).SelectMany(WordsOf));
        if (places != shouldBePlaces)
            yield return $"data was transferred at [{places}], expected [{shouldBePlaces}]";
        if (!done && !shouldBeDone && fault is not null && !IsOlderRecord && !Reasons.Contains(Reason(fault)))
            yield return $"the reason is {Reason(fault):X}h, expected one of {string.Join(", ", Reasons.Select(reason => $"{reason:X}h"))}";
    }

    // Compares the presence of the fault record and all of its fields except the reason, which may be narrowed.
    private IEnumerable<string> CompareRecord((ulong Low, ulong High)? fault, uint status)
    {
        if (_verdict == "detail")
            yield break;
        if (_verdict == "full" && (_recorded.Maybe("fsts")?.Hex() ?? 0) != status)
            yield return $"FSTS is 0x{status:X}, expected 0x{_recorded.Maybe("fsts")?.Hex() ?? 0:X}";
        if (_recorded.Maybe("fault") is not { } expected)
        {
            if (fault is not null)
                yield return $"a fault was recorded ({Reason(fault):X}h), but none should be";
            yield break;
        }

        const ulong ReasonField = 0xFFUL << 32;
        JsonElement raw = expected.GetProperty("raw");
        (ulong low, ulong high) = fault ?? default;
        // The recording contains 16 bits of a PASID. In a `code` step the PASID can be missing.
        const ulong PasidBeyond16Bits = 0xFUL << 56;
        ulong compared = _verdict == "full" ? ~(ReasonField | PasidBeyond16Bits) : 0xFFFF;
        if (low != (raw[0].Hex() & _addressMask) || (high & compared) != (raw[1].Hex() & compared))
            yield return $"the record is 0x{low:X} 0x{high:X}, expected 0x{raw[0].Hex():X} 0x{raw[1].Hex():X}";
    }

    private IReadOnlyCollection<int> Reasons => _narrowing.Narrow(
        _specified.Maybe("reasons") is { } reasons ? [.. reasons.EnumerateArray().Select(reason => reason.GetInt32())]
        : _recorded.Maybe("fault") is { } fault ? [fault.Number("reason")] : []);

    // While a record is not cleared, later faults are not recorded, and a read returns the older record.
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

    // Joins consecutive words.
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
