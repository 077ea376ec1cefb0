using System.Text.Json;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>The replay of a vector, which reports the differences of the unit. The compared values of a step depend on its verdict.</summary>
internal sealed class VectorReplay : IDisposable
{
    private readonly Vector _vector;
    private readonly VectorMachine _machine;
    private readonly Dictionary<ulong, ulong> _tables = [];
    private readonly List<string> _disagreements = [];
    private readonly List<JsonElement> _requests = [];
    private readonly List<(RequesterId Requester, Pasid? Pasid)> _listeners = [];
    private int _step;

    private VectorReplay(Vector vector)
    {
        _vector = vector;
        _machine = new VectorMachine(vector);
        foreach ((ulong address, ulong value) in vector.Memory)
            _tables[address] = value;
    }

    /// <summary>Replays a vector. Returns the differences of the unit, or an empty list if it agrees.</summary>
    public static IReadOnlyList<string> Run(Vector vector)
    {
        using VectorReplay replay = new(vector);
        replay.Expect("GSTS", vector.GlobalStatus, replay._machine.Read32(0x1C));
        foreach (JsonElement step in vector.Steps)
        {
            replay.Replay(step);
            replay._step++;
        }

        return replay._disagreements;
    }

    public void Dispose() => _machine.Dispose();

    private void Replay(JsonElement step)
    {
        switch (step.Text("op"))
        {
            case "dma":
                ReplayDma(step);
                break;
            case "ats":
                ReplayTranslation(step);
                break;
            case "pri":
                ReplayPageRequest(step);
                break;
            case "mem":
                WriteMemory(step);
                break;
            case "inv" or "resp" or "dtlbinv":
                ReplayDescriptor(step);
                break;
            case "regw" or "reg":
                ReplayRegisters(step);
                break;
            case "prireg" or "dtlbreg":
                _listeners.Add((new RequesterId((ushort)step.Number("sid")), step.Maybe("pasid") is { } pasid ? new Pasid(pasid.GetUInt32()) : null));
                break;
            default:
                _disagreements.Add($"step {_step}: the operation {step.Text("op")} is not known");
                break;
        }
    }

    private void WriteMemory(JsonElement step)
    {
        foreach ((ulong address, ulong value) in step.GetProperty("writes").Words().Select(_vector.Adapt))
        {
            Assert.True(_machine.Memory.TryWriteUInt64(address, value));
            _tables[address] = value;
        }
    }

    private void ReplayDma(JsonElement step)
    {
        StepOracle oracle = new(_vector, step, _requests);
        _requests.Add(step);
        DmaTransfer transfer = new(_machine, RequestOf(step), step.Number("len"), oracle.CandidateSegments);
        bool done = transfer.Run() == CompletionStatus.Success;
        (ulong Low, ulong High)? fault = _machine.Fault;
        foreach (string disagreement in oracle.Compare(done, transfer.Moved, fault, _machine.Read32(0x34)))
            _disagreements.Add($"step {_step}: {disagreement}");
        CompareTables(oracle);
        if (!step.Flag("keep_fault"))
            _machine.ClearFaults();
    }

    // Accessed and dirty bits: exactly the recorded words change, if the recording is reliable.
    private void CompareTables(StepOracle oracle)
    {
        if (oracle.Changes is { } changes)
        {
            foreach ((ulong address, ulong value) in changes)
                _tables[address] = value;
        }

        foreach ((ulong address, ulong value) in _tables.ToArray())
        {
            Assert.True(_machine.Memory.TryReadUInt64(address, out ulong found));
            if (found != value && oracle.Changes is not null)
                _disagreements.Add($"step {_step}: word at 0x{address:X} is 0x{found:X}, expected 0x{value:X}");
            _tables[address] = found;
        }
    }

    private static DmaRequest RequestOf(JsonElement step) => new(
        new RequesterId((ushort)step.Number("sid")),
        step.Hex("iova"),
        step.Text("dir") == "write" ? DmaAccess.Write : DmaAccess.Read,
        PrefixOf(step));

    private static PasidPrefix PrefixOf(JsonElement step) => step.Maybe("pasid") is { } pasid
        ? new PasidPrefix(new Pasid(pasid.GetUInt32()), step.Flag("exec"), step.Flag("priv"))
        : default;

    private void ReplayTranslation(JsonElement step)
    {
        JsonElement[] expected = [.. ExpectedEntries(step)];
        TranslationRequest request = new(
            new RequesterId((ushort)step.Number("sid")), step.Hex("iova"), step.Number("len") / 4096, step.Flag("no_write"), PrefixOf(step));
        TranslationEntry[] entries = new TranslationEntry[expected.Length];
        CompletionStatus status = _machine.Unit.Translate(request, entries, out int count);
        for (int index = 0; index < expected.Length; index++)
        {
            TranslationEntry entry = status == CompletionStatus.Success && index < count ? entries[index] : default;
            Expect($"R of entry {index}", expected[index].Flag("r") ? 1u : 0, entry.Read ? 1u : 0);
            Expect($"W of entry {index}", expected[index].Flag("w") ? 1u : 0, entry.Write ? 1u : 0);
            if (expected[index].Maybe("gpa") is { } address && (entry.Read || entry.Write))
            {
                ulong input = expected[index].Hex("iova");
                Expect($"address of entry {index}", address.Hex(), entry.Address | input & ((1UL << entry.PageShift) - 1) & ~0xFFFUL);
            }
        }

        _machine.ClearFaults();
    }

    // With the verdict "unsure", a privileged request with a PASID gets no translation because SRE is clear (5Dh), as recorded. Without a PASID a request has no
    // privilege.
    private static JsonElement.ArrayEnumerator ExpectedEntries(JsonElement step) =>
        step.Text("verdict") == "full" || step.Text("verdict") == "unsure" && step.Flag("priv") && step.Maybe("pasid") is not null
        ? step.GetProperty("expect").GetProperty("entries").EnumerateArray()
        : step.GetProperty("spec").GetProperty("entries").EnumerateArray();

    private void ReplayPageRequest(JsonElement step)
    {
        JsonElement expected = step.GetProperty("expect");
        ulong tail = _machine.Read64(0xC8);
        _machine.Responses.Clear();
        _machine.Unit.Receive(new PageRequestMessage(
            new RequesterId((ushort)step.Number("sid")), step.Hex("addr"), step.Number("prgi"), step.Flag("rd"), step.Flag("wr"), step.Flag("lpig"), PrefixOf(step)));
        _machine.Scheduler.Run();
        Expect("PQT", expected.Hex("pqt"), _machine.Read64(0xC8));
        Expect("PRS", expected.Hex("prs"), _machine.Read32(0xDC));
        Expect("PECTL", expected.Hex("pectl"), _machine.Read32(0xE0));
        if (expected.Maybe("prd") is { } entry)
        {
            ulong queue = _machine.Read64(0xD0) & ~0xFFFUL;
            for (int word = 0; word < 4; word++)
            {
                Assert.True(_machine.Memory.TryReadUInt64(queue + tail + (ulong)word * 8, out ulong found));
                Expect($"word {word} of the request", entry[word].Hex(), found);
            }
        }

        if (expected.Maybe("fault") is { } fault)
            Expect("fault reason", (ulong)fault.Number("reason"), _machine.Fault is { } record ? record.High >> 32 & 0xFF : 0);
        _machine.ClearFaults();
    }

    private void ReplayDescriptor(JsonElement step)
    {
        JsonElement expected = step.GetProperty("expect");
        _machine.Responses.Clear();
        _machine.Invalidations.Clear();
        _machine.Submit(step.GetProperty("desc"));
        Expect("IQH", expected.Hex("iqh"), _machine.Read64(0x80));
        Expect("IQT", expected.Hex("iqt"), _machine.Read64(0x88));
        Expect("FSTS", expected.Hex("fsts"), _machine.Read32(0x34));
        Expect("ICS", (ulong)expected.Number("ics"), _machine.Read32(0x9C));
        if (expected.Maybe("changed") is { } changed)
        {
            foreach ((ulong address, ulong value) in changed.Words())
            {
                Assert.True(_machine.Memory.TryReadUInt64(address, out ulong found));
                Expect($"word at 0x{address:X}", value, found);
                _tables[address] = value;
            }
        }

        if (expected.Maybe("responses") is { } responses)
            ExpectAll("responses", responses.EnumerateArray().Select(response => response.GetString()!), _machine.Responses.Select(Describe));
        if (expected.Maybe("device_tlb_invalidations") is { } invalidations)
            ExpectAll("device-TLB invalidations", invalidations.EnumerateArray().Select(Describe), _listeners.SelectMany(InvalidationsOf));
    }

    // The recorded device receives codes other than 0 and 1 as 2.
    private static string Describe(PageGroupResponseMessage response) =>
        $"{response.Prefix.Pasid}:{response.GroupIndex}:{Math.Min(response.Code, 2)}";

    private static string Describe(JsonElement invalidation) =>
        $"{(invalidation.Maybe("pasid") is { } pasid ? pasid.GetInt32() : "none")} 0x{invalidation.Hex("iova"):X} mask 0x{invalidation.Hex("mask"):X}";

    // Returns the invalidations that the device at a requester id receives for a PASID.
    private IEnumerable<string> InvalidationsOf((RequesterId Requester, Pasid? Pasid) listener) => _machine.Invalidations
        .Where(message => message.Target == listener.Requester
            && (message.AllPasids ? listener.Pasid is not null : listener.Pasid == (message.Prefix.IsPresent ? message.Prefix.Pasid : null)))
        .Select(message => $"{(listener.Pasid is { } pasid ? pasid.ToString() : "none")} {Describe(message)}");

    private static string Describe(InvalidateRequestMessage message)
    {
        ulong address = message.AddressAndSize & ~0xFFFUL;
        ulong mask = 0xFFF;
        if ((message.AddressAndSize >> 11 & 1) != 0)
        {
            // S: the lowest clear bit from bit 12 gives the size of the range.
            mask = 0x1FFF | address ^ (address + 0x1000);
            address &= ~mask;
        }

        return $"0x{address:X} mask 0x{mask:X}";
    }

    private void ReplayRegisters(JsonElement step)
    {
        foreach (JsonElement register in step.GetProperty("regs").EnumerateArray())
            _machine.WriteRegister(register);
        JsonElement expected = step.GetProperty("expect");
        if (step.Maybe("read") is { } reads)
        {
            foreach ((JsonElement register, JsonElement value) in reads.EnumerateArray().Zip(expected.GetProperty("read").EnumerateArray()))
                Expect($"register {register[1]}", value[1].Hex() & Compared(register), _machine.ReadRegister(register) & Compared(register));
            return;
        }

        Expect("PQH", expected.Hex("pqh"), _machine.Read64(0xC0));
        Expect("PQT", expected.Hex("pqt"), _machine.Read64(0xC8));
        Expect("PRS", expected.Hex("prs"), _machine.Read32(0xDC));
        Expect("PECTL", expected.Hex("pectl"), _machine.Read32(0xE0));
        Expect("FSTS", expected.Hex("fsts"), _machine.Read32(0x34));
    }

    // The reason in the upper half of the fault record can be the number of legacy mode. It is compared with the request that caused the fault.
    private ulong Compared(JsonElement register) =>
        _vector.Mode == "scalable-second" && register[1].Hex() == _machine.FaultRecordOffset + 8 ? ~(0xFFUL << 32) : ulong.MaxValue;

    private void Expect(string name, ulong expected, ulong found)
    {
        if (expected != found)
            _disagreements.Add($"step {_step}: {name} is 0x{found:X}, expected 0x{expected:X}");
    }

    private void ExpectAll(string name, IEnumerable<string> expected, IEnumerable<string> found)
    {
        string one = string.Join(", ", expected);
        string other = string.Join(", ", found);
        if (one != other)
            _disagreements.Add($"step {_step}: {name} are [{other}], expected [{one}]");
    }
}
