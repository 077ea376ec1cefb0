using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The shared state of the parts of a unit.</summary>
internal sealed class UnitParts
{
    public required UnitOptions Options { get; init; }

    public required SparseMemory Memory { get; init; }

    public required IScheduler Scheduler { get; init; }

    public required IDownstreamPort Port { get; init; }

    public required UnitRegisters Registers { get; init; }

    public required TableMemory Tables { get; init; }

    public required UnitCaches Caches { get; init; }

    public required Translator Translator { get; init; }

    public required FaultRecorder Faults { get; init; }

    public required EventInterrupt InvalidationInterrupt { get; init; }

    public required UnitObservers Observers { get; init; }

    /// <summary>The page request queue. It is set last, because its constructor needs the parts above.</summary>
    public PageRequestQueue PageRequests { get; set; } = null!;

    /// <summary>Notifies the observers of an event without a device.</summary>
    public void Notify(UnitEventKind kind, ulong first, ulong second) => Observers.Notified?.Raised(new UnitEvent(kind, default, default, first, second));

    /// <summary>Notifies the observers of an event of a device.</summary>
    public void Notify(UnitEventKind kind, RequesterId requester, PasidPrefix prefix, ulong first, ulong second) =>
        Observers.Notified?.Raised(new UnitEvent(kind, requester, prefix, first, second));

    /// <summary>Reports an error of software, or the use of a feature that the unit does not have.</summary>
    public void Report(string text) => Observers.Notified?.MisuseReported(text);

    /// <summary>Blocks a request. The fault is recorded if it has a reason and FPD does not disable the record.</summary>
    public void Refuse(in TranslationQuery query, Translation refusal)
    {
        Notify(UnitEventKind.Fault, query.Requester, query.Prefix, query.Address, (ulong)refusal.Reason);
        if (refusal.Reason != FaultReason.None && !refusal.IsUnreported)
            Faults.Record(query, refusal.Reason);
    }

    /// <summary>Invalidates the cached entries of a page before a page request for it is queued. The grant type determines the entries (VT-d 6.5.3.1, Table 27).</summary>
    /// <param name="space">The address space of the request.</param>
    /// <param name="address">The address of the page.</param>
    public void InvalidateRequested(in AddressSpaceContext space, ulong address)
    {
        switch (space.Grant)
        {
            case PasidGrantType.FirstStage:
                Caches.DropPages(space.Domain, space.Pasid, address, shift: 12, onlyLeaves: false);
                break;
            case PasidGrantType.Nested:
                Caches.DropDomain(space.Domain);
                break;
            default:
                Caches.DropPagesOfDomain(space.Domain, address, shift: 12, onlyLeaves: false);
                break;
        }
    }
}
