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

    public required UnitEventInterrupt InvalidationInterrupt { get; init; }

    public required UnitObservers Observers { get; init; }

    /// <summary>The page request queue. It is set last, because its constructor needs the parts above.</summary>
    public UnitPageRequestQueue PageRequests { get; set; } = null!;

    /// <summary>
    /// The largest number of page requests that the unit handles in one step, and of descriptors if all before the last are page group responses. In seeded order
    /// it is one, so that software can run between any two of them.
    /// </summary>
    public int PageRequestsPerStep => Scheduler is PartyScheduler { IsFifo: true } ? 8 : 1;

    /// <summary>Notifies the observers of an event without a device.</summary>
    public void Notify(UnitEventKind kind, ulong first, ulong second) => Observers.Notified?.Raised(new UnitEvent(kind, default, default, first, second));

    /// <summary>Notifies the observers of an event of a device.</summary>
    public void Notify(UnitEventKind kind, RequesterId requester, PasidPrefix prefix, ulong first, ulong second) =>
        Observers.Notified?.Raised(new UnitEvent(kind, requester, prefix, first, second));

    /// <summary>Reports an error of software, or the use of a feature that the unit does not have.</summary>
    public void Report(string text) => Observers.Notified?.MisuseReported(text);

    /// <summary>Blocks a request. The fault is recorded if it has a reason and FPD does not disable the record.</summary>
    public void Block(in TranslationQuery query, Translation blocked)
    {
        Notify(UnitEventKind.Fault, query.Requester, query.Prefix, query.Address, (ulong)blocked.Reason);
        if (blocked.Reason != FaultReason.None && !blocked.IsUnreported)
            Faults.Record(query, blocked.Reason);
    }

    /// <summary>Invalidates the cached entries of a page before a page request for it is queued. The grant type determines the entries (VT-d 6.5.3.1, Table 27).</summary>
    /// <param name="space">The address space of the request.</param>
    /// <param name="address">The address of the page.</param>
    public void InvalidateForPageRequest(in AddressSpaceContext space, ulong address)
    {
        switch (space.Grant)
        {
            case PasidGrantType.FirstStage:
                Caches.InvalidatePages(space.Domain, space.Pasid, address, shift: 12, onlyLeaves: false);
                break;
            case PasidGrantType.Nested:
                Caches.InvalidateDomain(space.Domain);
                break;
            default:
                Caches.InvalidateDomainPages(space.Domain, address, shift: 12, onlyLeaves: false);
                break;
        }
    }
}
