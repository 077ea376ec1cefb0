using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>What the parts of a unit share.</summary>
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

    /// <summary>Set once the ring exists; it needs the parts above.</summary>
    public PageRequestQueue PageRequests { get; set; } = null!;

    public Action<UnitEvent>? Observer { get; set; }

    public Action<string>? Reporter { get; set; }

    /// <summary>Tells of something that concerns no device.</summary>
    public void Tell(UnitEventKind kind, ulong first, ulong second) => Observer?.Invoke(new UnitEvent(kind, default, default, first, second));

    /// <summary>Tells of something that concerns a device.</summary>
    public void Tell(UnitEventKind kind, RequesterId requester, PasidPrefix prefix, ulong first, ulong second) =>
        Observer?.Invoke(new UnitEvent(kind, requester, prefix, first, second));

    /// <summary>Reports what software did wrong, or asked for that the unit does not have.</summary>
    public void Report(string text) => Reporter?.Invoke(text);

    /// <summary>Refuses a request. The refusal is recorded if it has a reason and FPD does not keep the reason from being recorded.</summary>
    public void Refuse(in TranslationQuery query, Translation refusal)
    {
        Tell(UnitEventKind.Fault, query.Requester, query.Prefix, query.Address, (ulong)refusal.Reason);
        if (refusal.Reason != FaultReason.None && !refusal.IsUnreported)
            Faults.Record(query, refusal.Reason);
    }

    /// <summary>Invalidates what is cached of a page, by the grant type of its tables, before a request for the page is queued (VT-d 6.5.3.1, Table 27).</summary>
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
