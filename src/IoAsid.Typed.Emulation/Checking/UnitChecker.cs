using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An observer of a unit that reports errors which no single part of the machine can detect: stale translations, PASIDs reused before their drain, page
/// requests with two responses or none, and devices that use translations they never received. Each finding names the event that caused the error. The
/// checker does not change the run. Not thread-safe.
/// </summary>
public sealed class UnitChecker : IProcessorObserver, IFabricObserver, IUnitObserver, IFindingReporter, IDisposable
{
    private const int PageShift = 12;
    private const ulong PageMask = (1UL << PageShift) - 1;

    private readonly VtdUnit _unit;
    private readonly TimeProvider _clock;
    private readonly CurrentTables _tables;
    private readonly WriteHistory _writes;
    private readonly PageRequestTracker _pageRequests;
    private readonly ReceivedTranslations _received = new();
    private readonly Dictionary<ulong, (TranslationQuery Query, long Moment)> _uses = [];
    private readonly List<Finding> _findings = [];
    private readonly List<StructureUse> _structureUses = [];
    private readonly List<IDisposable> _subscriptions = [];
    private bool _isDisposed;

    internal UnitChecker(VtdUnit unit, TimeProvider clock)
    {
        _unit = unit;
        _clock = clock;
        _tables = new CurrentTables(unit);
        _writes = new WriteHistory();
        _pageRequests = new PageRequestTracker(new PasidLives(_tables, unit.Parts.Memory), this);
        _subscriptions.Add(unit.Observe(this));
        unit.Parts.Registers.OnWrite(RegisterOffsets.PageRequestQueueHead, _ => HeadWritten());
    }

    /// <summary>Starts to check a unit. The checker observes the unit, the writes of processors and the messages of the fabric, and does not know earlier events.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The checker. Its disposal ends the observation.</returns>
    public static UnitChecker Watch(EmulatedIommuUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        UnitChecker checker = new(unit.Vtd, unit.Machine.Scheduler.Clock);
        checker._subscriptions.Add(unit.Machine.Bus.Observe(checker));
        checker._subscriptions.Add(unit.Machine.Fabric.Observe(checker));
        return checker;
    }

    /// <summary>The findings, in the order of detection.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>The findings that did harm (<see cref="Finding.IsHarmful"/>).</summary>
    public IEnumerable<Finding> Harmful => _findings.Where(finding => finding.IsHarmful);

    /// <summary>Adds a finding for each group of page requests without a response. Call it when no page request should be outstanding.</summary>
    public void FindMissingResponses() => _pageRequests.FindMissing();

    void IProcessorObserver.MemoryWritten(ulong address, int length)
    {
        _writes.Add(address, length);
        _pageRequests.Lives.Written(address, length);
    }

    void IFabricObserver.Sent(in FabricMessage message)
    {
        if (message.Kind == FabricMessageKind.PageRequest)
            _pageRequests.Sent(message);
    }

    void IFabricObserver.Arriving(in FabricMessage message)
    {
        if (message.Kind == FabricMessageKind.PageRequest)
            _pageRequests.Arriving(message);
    }

    void IFabricObserver.Lost(in FabricMessage message)
    {
        if (message.Kind == FabricMessageKind.PageGroupResponse)
            _pageRequests.Abandon(message.Function);
    }

    void IUnitObserver.Raised(in UnitEvent raised)
    {
        if (raised.Kind == UnitEventKind.DeviceTlbInvalidated)
            _received.Invalidate(raised.Requester, raised.Prefix, raised.First, allPasids: raised.Second != 0);
        else
            _pageRequests.Observe(raised);
    }

    void IUnitObserver.MisuseReported(string text) =>
        Report(FindingKind.Misuse, default, default, address: 0, isHarmful: false, text, "Reported by the unit");

    void IUnitObserver.StructureUsed(in StructureUse use) => _structureUses.Add(use);

    void IUnitObserver.Translated(in TranslationQuery query, in Translation translation)
    {
        CheckStructures(query);
        Check(query, translation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (IDisposable subscription in _subscriptions)
            subscription.Dispose();
    }

    void IFindingReporter.Report(FindingKind kind, RequesterId requester, PasidPrefix prefix, ulong address, bool isHarmful, string text, string cause) =>
        Report(kind, requester, prefix, address, isHarmful, text, cause);

    private void HeadWritten()
    {
        if (!_isDisposed)
            _pageRequests.HeadWritten(_unit.Registers.Read64(RegisterOffsets.PageRequestQueueHead));
    }

    private void CheckStructures(in TranslationQuery query)
    {
        foreach (StructureUse use in _structureUses)
            CheckStructure(query, use);
        _structureUses.Clear();
    }

    private void Check(in TranslationQuery query, in Translation translation)
    {
        if (query.AddressType == AddressType.Translated)
        {
            if (translation.Kind != TranslationKind.Blocked)
                CheckTranslated(query);
            return;
        }

        if (translation.Kind is TranslationKind.Blocked or TranslationKind.Interrupt)
            return;
        // A walk can also start at a stale context or PASID entry.
        CheckTranslation(query, translation);
        if (!translation.IsCached)
            _uses[translation.Address >> PageShift] = (query, _writes.NextMoment());
        if (query.AddressType == AddressType.TranslationRequest
            && TranslationCompletion.Of(translation, query, out TranslationEntry entry) == CompletionStatus.Success && (entry.Read || entry.Write))
            _received.Add(query, entry);
    }

    private void CheckTranslation(in TranslationQuery query, in Translation used)
    {
        Translation now = _tables.Translate(query);
        if (now.Kind == used.Kind && now.Address == used.Address && !GivesMore(used, now, query))
        {
            CheckDirty(query, query, now);
            return;
        }

        (ulong entry, long moment) = _writes.LatestOf(_tables.Words);
        string use = query.AddressType == AddressType.TranslationRequest ? "the completion of a translation request has" : "a request used";
        Report(
            FindingKind.StaleTranslation, query, IsUsedAgain(query, used.Address, moment, now),
            $"{use} the translation of 0x{query.Address:X} to 0x{used.Address:X} ({Describe(query)}); {Describe(now)}",
            CauseOf(entry, moment));
    }

    // D is set when a translation with the right to write is cached or completed. Software that enables or clears D must invalidate such translations (VT-d 3.6.2,
    // 3.7.2; Table 28). Without a demand to write, the tables tell whether D is set.
    private void CheckDirty(in TranslationQuery use, in TranslationQuery received, in Translation now)
    {
        if (!use.Demand.Has(WalkDemand.Write) || now.Kind != TranslationKind.Mapped || !AllowsWrite(received, now))
            return;
        WalkDemand withoutWrite = received.Demand & ~(WalkDemand.TranslationRequest | WalkDemand.Read | WalkDemand.Write);
        if (_tables.Translate(received with { Demand = withoutWrite }).Rights.Has(PageRights.Dirty))
            return;
        (ulong entry, long moment) = _writes.LatestOf(_tables.Words);
        Report(
            FindingKind.MissedDirtyBit, use, isHarmful: false,
            $"the right to write to 0x{use.Address:X} was used, and D is clear in the entry of the page ({Describe(use)})", CauseOf(entry, moment));
    }

    private static bool AllowsWrite(in TranslationQuery query, in Translation now) => query.Demand.Has(WalkDemand.Write)
        && PageAccess.Check(now.Rights, WalkDemand.Write | query.Demand & WalkDemand.Privileged) == FaultReason.None;

    // A stale entry does harm when the page of its table is reused. Until then it does none, because software frees the table after the invalidation is
    // complete.
    private void CheckStructure(in TranslationQuery query, in StructureUse use)
    {
        (ulong? table, EntryRights rights) = _tables.FindTable(use);
        if (table == use.Structure.HostTable && (use.Structure.Rights & ~rights) == EntryRights.None)
            return;
        (ulong entry, long moment) = _writes.LatestOf(_tables.Words);
        string now = table is { } other ? $"the entries lead to the table 0x{other:X}" : "the entries lead to no table";
        Report(
            FindingKind.StaleStructure, query, isHarmful: moment != 0 && _writes.LatestOfPage(use.Structure.HostTable) > moment,
            $"a walk of 0x{use.Input:X} began at a cached {use.Name}, at the table 0x{use.Structure.HostTable:X} ({Describe(query)}); {now}",
            CauseOf(entry, moment));
    }

    private void CheckTranslated(in TranslationQuery query)
    {
        RequesterId requester = query.Requester;
        IReadOnlyList<ReceivedTranslations.Received> received = _received.Of(requester, query.Address);
        if (received.Count == 0)
        {
            Report(
                FindingKind.TranslationNeverReceived, query, isHarmful: true,
                $"{requester} sent a translated request to 0x{query.Address:X}", "The device never received a translation to the page");
            return;
        }

        if (received.All(one => one.IsInvalidated))
        {
            Report(
                FindingKind.UsedAfterInvalidation, query, isHarmful: true,
                $"{requester} sent a translated request to 0x{query.Address:X}", "The device had completed the invalidation of its translations to the page");
            return;
        }

        foreach (ReceivedTranslations.Received one in received)
        {
            if (!StillLeadsTo(one.Query, query))
                continue;
            CheckDirty(query, one.Query, _tables.Translate(one.Query));
            return;
        }

        (ulong entry, long moment) = _writes.LatestOf(_tables.Words);
        TranslationQuery last = received[^1].Query;
        Report(
            FindingKind.StaleDeviceTranslation, last, IsUsedAgain(last, query.Address, moment, _tables.Translate(last)),
            $"{requester} used its translation of 0x{last.Address:X} to 0x{query.Address:X}, which the tables no longer contain", CauseOf(entry, moment));
    }

    // A translation completion contains rights, which the device uses without a further request.
    private static bool GivesMore(in Translation used, in Translation now, in TranslationQuery query) =>
        query.AddressType == AddressType.TranslationRequest
        && TranslationCompletion.Of(used, query, out TranslationEntry received) == CompletionStatus.Success
        && TranslationCompletion.Of(now, query, out TranslationEntry current) == CompletionStatus.Success
        && (received.Read && !current.Read || received.Write && !current.Write);

    // Returns true if the tables still translate a received translation to the page, with the right that the device uses.
    private bool StillLeadsTo(in TranslationQuery received, in TranslationQuery use)
    {
        Translation now = _tables.Translate(received with { Address = received.Address & ~PageMask });
        ulong mask = (1UL << now.PageShift) - 1;
        return now.Kind is TranslationKind.Mapped or TranslationKind.Identity && (now.Address & ~mask) == (use.Address & ~mask)
            && PageAccess.Check(now.Rights, use.Demand & ~WalkDemand.Privileged | received.Demand & WalkDemand.Privileged) == FaultReason.None;
    }

    // The page is reused if a processor has written to it, or another address was translated to it, since the tables changed. Address spaces outlive the
    // isolation of a function, so writes of processors to their pages during the isolation prove no reuse.
    private bool IsUsedAgain(in TranslationQuery query, ulong output, long changed, in Translation now)
    {
        if (changed == 0)
            return false;
        bool mappedElsewhere = _uses.TryGetValue(output >> PageShift, out (TranslationQuery Query, long Moment) use)
            && use.Moment > changed && !IsSameUse(use.Query, query);
        return mappedElsewhere || !IsIsolated(now) && _writes.LatestOfPage(output) > changed;
    }

    private static bool IsIsolated(in Translation now) => now.Kind == TranslationKind.Blocked
        && now.Reason is FaultReason.ScalableRootNotPresent or FaultReason.ScalableContextNotPresent or FaultReason.RootNotPresent or FaultReason.ContextNotPresent;

    // A PASID is one address space on all devices, and another device can use it longer. Requests without PASID use an address space of their device.
    private static bool IsSameUse(in TranslationQuery one, in TranslationQuery other) =>
        one.Address >> PageShift == other.Address >> PageShift && one.Prefix.Pasid == other.Prefix.Pasid
        && (one.Prefix.IsPresent || one.Requester == other.Requester);

    private static string Describe(in Translation now) => now.Kind == TranslationKind.Blocked
        ? $"the tables say {now.Reason.Describe()}"
        : $"the tables say 0x{now.Address:X}";

    private static string CauseOf(ulong entry, long moment) =>
        moment == 0 ? "The tables changed before the checker observed the unit" : $"The entry at 0x{entry:X} was written and is not yet invalidated in all caches";

    private static string Describe(in TranslationQuery query) => $"{query.Requester}, {query.Prefix}";

    private void Report(FindingKind kind, in TranslationQuery query, bool isHarmful, string text, string cause) =>
        Report(kind, query.Requester, query.Prefix, query.Address, isHarmful, text, cause);

    private void Report(FindingKind kind, RequesterId requester, PasidPrefix prefix, ulong address, bool isHarmful, string text, string cause) =>
        _findings.Add(new Finding(kind, _clock.GetElapsedTime(0), requester, prefix, address, isHarmful, text, cause));
}
