using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Watches a unit and says what went wrong although each part did what it was told: stale translations, PASIDs used again before they were drained,
/// page requests answered twice or never, devices that use what they were not given, each with the event that made it wrong.
/// It looks on only; a run with and without it is the same run. Not thread-safe.
/// </summary>
public sealed class UnitChecker : IProcessorObserver, IFabricObserver, IDisposable
{
    private readonly VtdUnit _unit;
    private readonly TimeProvider _clock;
    private readonly TableLook _look;
    private readonly WriteHistory _writes;
    private readonly PageRequestWatch _pageRequests;
    private readonly GivenTranslations _given = new();
    private readonly Dictionary<ulong, (TranslationQuery Query, long Moment)> _uses = [];
    private readonly List<Finding> _findings = [];
    private readonly StructureUses _structureUses = new();
    private readonly Action<UnitEvent> _observer;
    private readonly Action<string> _reporter;
    private readonly List<IDisposable> _subscriptions = [];
    private bool _isDisposed;

    internal UnitChecker(VtdUnit unit, TimeProvider clock)
    {
        _unit = unit;
        _clock = clock;
        _look = new TableLook(unit);
        _writes = new WriteHistory();
        _pageRequests = new PageRequestWatch(new PasidLives(_look, unit.Parts.Memory), Report);
        _observer = Observe;
        unit.Observer += _observer;
        _reporter = ReportMisuse;
        unit.Reporter += _reporter;
        unit.Accessed += Check;
        _structureUses.Observe(unit.Parts.Caches);
        unit.Parts.Registers.OnWrite(RegisterOffsets.PageRequestQueueHead, _ => HeadWritten());
    }

    /// <summary>Begins to watch a unit of a machine, with the writes of processors and the messages of the fabric. The checker knows nothing of what happened before.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The checker; disposing it ends the watch.</returns>
    public static UnitChecker Watch(EmulatedIommuUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        UnitChecker checker = new(unit.Vtd, unit.Machine.Scheduler.Clock);
        checker._subscriptions.Add(unit.Machine.Bus.Observe(checker));
        checker._subscriptions.Add(unit.Machine.Fabric.Observe(checker));
        return checker;
    }

    /// <summary>What was found so far, in the order in which it was seen.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>What was found and did harm for certain.</summary>
    public IEnumerable<Finding> Harmful => _findings.Where(finding => finding.IsHarmful);

    /// <summary>Adds a finding for each group of page requests that is still open: to be called when all should be quiet.</summary>
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
            _pageRequests.Forget(message.Function);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _unit.Observer -= _observer;
        _unit.Reporter -= _reporter;
        _unit.Accessed -= Check;
        _structureUses.Dispose();
        foreach (IDisposable subscription in _subscriptions)
            subscription.Dispose();
    }

    private void ReportMisuse(string text) => Report(FindingKind.Misuse, default, default, address: 0, isHarmful: false, text, "Reported by the unit");

    private void HeadWritten()
    {
        if (!_isDisposed)
            _pageRequests.HeadWritten(_unit.Registers.Read64(RegisterOffsets.PageRequestQueueHead));
    }

    private void Observe(UnitEvent happened)
    {
        if (happened.Kind == UnitEventKind.DeviceTlbInvalidated)
            _given.Invalidate(happened.Requester, happened.Prefix, happened.First, allPasids: happened.Second != 0);
        else
            _pageRequests.Observe(happened);
    }

    private void Check(TranslationQuery query, Translation translation)
    {
        foreach (StructureUse use in _structureUses.Take())
            CheckStructure(query, use);
        if (query.AddressType == AddressType.Translated)
        {
            if (translation.Kind != TranslationKind.Blocked)
                CheckTranslated(query);
            return;
        }

        if (translation.Kind is TranslationKind.Blocked or TranslationKind.Interrupt)
            return;
        // Also a walk may start from a cached context or PASID entry.
        CheckTranslation(query, translation);
        if (!translation.IsCached)
            _uses[translation.Address >> 12] = (query, _writes.Now());
        if (query.AddressType == AddressType.TranslationRequest
            && AtsAnswer.Answer(translation, query, out TranslationEntry entry) == CompletionStatus.Success && (entry.Read || entry.Write))
            _given.Add(query, entry);
    }

    private void CheckTranslation(in TranslationQuery query, in Translation used)
    {
        Translation now = _look.Translate(query);
        if (now.Kind == used.Kind && now.Address == used.Address && !GivesMore(used, now, query))
            return;
        (ulong entry, long moment) = _writes.LatestOf(_look.Words);
        string what = query.AddressType == AddressType.TranslationRequest ? "a translation request was answered with" : "a request used";
        Report(
            FindingKind.StaleTranslation, query, IsUsedAgain(query, used.Address, moment, now),
            $"{what} the translation of 0x{query.Address:X} to 0x{used.Address:X} ({Who(query)}); {Describe(now)}",
            CauseOf(entry, moment));
    }

    // A table that is no longer one, and holds something else by now, does harm. Until its page is used again a stale entry does none: software frees the table
    // when the invalidation is complete.
    private void CheckStructure(in TranslationQuery query, in StructureUse use)
    {
        (ulong? table, EntryRights rights) = _look.FindTable(use);
        if (table == use.Structure.HostTable && (use.Structure.Rights & ~rights) == EntryRights.None)
            return;
        (ulong entry, long moment) = _writes.LatestOf(_look.Words);
        string now = table is { } other ? $"the tables lead to the one at 0x{other:X}" : "the tables lead to none";
        Report(
            FindingKind.StaleStructure, query, isHarmful: moment != 0 && _writes.LatestOfPage(use.Structure.HostTable) > moment,
            $"a walk of 0x{use.Input:X} began at a cached {use.Name}, at the table 0x{use.Structure.HostTable:X} ({Who(query)}); {now}",
            CauseOf(entry, moment));
    }

    private void CheckTranslated(in TranslationQuery query)
    {
        RequesterId requester = query.Requester;
        IReadOnlyList<GivenTranslations.Given> given = _given.Of(requester, query.Address);
        if (given.Count == 0)
        {
            Report(
                FindingKind.TranslationNeverGiven, query, isHarmful: true,
                $"{requester} sent a translated request to 0x{query.Address:X}", "It was never given a translation to that page");
            return;
        }

        if (given.All(one => one.IsInvalidated))
        {
            Report(
                FindingKind.UsedAfterInvalidation, query, isHarmful: true,
                $"{requester} sent a translated request to 0x{query.Address:X}", "It had completed the invalidation of what led there");
            return;
        }

        foreach (GivenTranslations.Given one in given)
        {
            if (Leads(one.Query, query))
                return;
        }

        (ulong entry, long moment) = _writes.LatestOf(_look.Words);
        TranslationQuery last = given[^1].Query;
        Report(
            FindingKind.StaleDeviceTranslation, last, IsUsedAgain(last, query.Address, moment, _look.Translate(last)),
            $"{requester} used its translation of 0x{last.Address:X} to 0x{query.Address:X}, which the tables do not give any more", CauseOf(entry, moment));
    }

    // A translation request is answered with rights, and a device uses them without asking again.
    private static bool GivesMore(in Translation used, in Translation now, in TranslationQuery query) =>
        query.AddressType == AddressType.TranslationRequest
        && AtsAnswer.Answer(used, query, out TranslationEntry given) == CompletionStatus.Success
        && AtsAnswer.Answer(now, query, out TranslationEntry right) == CompletionStatus.Success
        && (given.Read && !right.Read || given.Write && !right.Write);

    // Whether what a device was given still leads to the page, with the right that it uses.
    private bool Leads(in TranslationQuery given, in TranslationQuery use)
    {
        Translation now = _look.Translate(given with { Address = given.Address & ~0xFFFUL });
        ulong mask = (1UL << now.PageShift) - 1;
        return now.Kind is TranslationKind.Mapped or TranslationKind.Identity && (now.Address & ~mask) == (use.Address & ~mask)
            && PageAccess.Check(now.Rights, use.Demand & ~WalkDemand.Privileged | given.Demand & WalkDemand.Privileged) == FaultReason.None;
    }

    // The page belongs to another use once a processor has written to it, or another address has been translated to it, since the tables changed. While a
    // function is cut off as a whole, its address spaces live on: what processors write to their pages then says nothing.
    private bool IsUsedAgain(in TranslationQuery query, ulong output, long changed, in Translation now)
    {
        if (changed == 0)
            return false;
        bool mappedElsewhere = _uses.TryGetValue(output >> 12, out (TranslationQuery Query, long Moment) use)
            && use.Moment > changed && !IsSameUse(use.Query, query);
        return mappedElsewhere || !IsCutOff(now) && _writes.LatestOfPage(output) > changed;
    }

    private static bool IsCutOff(in Translation now) => now.Kind == TranslationKind.Blocked
        && now.Reason is FaultReason.ScalableRootNotPresent or FaultReason.ScalableContextNotPresent or FaultReason.RootNotPresent or FaultReason.ContextNotPresent;

    // A PASID is one address space on all devices: another device may have it longer. Without a PASID each device has its own.
    private static bool IsSameUse(in TranslationQuery one, in TranslationQuery other) =>
        one.Address >> 12 == other.Address >> 12 && one.Prefix.Pasid == other.Prefix.Pasid
        && (one.Prefix.IsPresent || one.Requester == other.Requester);

    private static string Describe(in Translation now) => now.Kind == TranslationKind.Blocked
        ? $"the tables say {now.Reason.Describe()}"
        : $"the tables say 0x{now.Address:X}";

    private static string CauseOf(ulong entry, long moment) =>
        moment == 0 ? "The tables changed before anybody watched" : $"The entry at 0x{entry:X} was written, and not invalidated in every cache since";

    private static string Who(in TranslationQuery query) => $"{query.Requester}, {query.Prefix}";

    private void Report(FindingKind kind, in TranslationQuery query, bool isHarmful, string text, string cause) =>
        Report(kind, query.Requester, query.Prefix, query.Address, isHarmful, text, cause);

    private void Report(FindingKind kind, RequesterId requester, PasidPrefix prefix, ulong address, bool isHarmful, string text, string cause) =>
        _findings.Add(new Finding(kind, _clock.GetElapsedTime(0), requester, prefix, address, isHarmful, text, cause));
}
