using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A process of this system behind a PASID. All devices of the process use the same PASID, and each device has one attachment. The binding observes the address
/// space, and invalidates changed translations in units and devices.
/// </summary>
public sealed class NativeSvaBinding : SvaBinding, IAddressSpaceObserver
{
    private readonly bool _setsAddressWidth;
    private AddressSpaceReference? _structure;

    internal NativeSvaBinding(ProcessAddressSpace addressSpace, bool setsAddressWidth)
    {
        AddressSpace = addressSpace;
        _setsAddressWidth = setsAddressWidth;
    }

    /// <summary>The process's address space.</summary>
    public ProcessAddressSpace AddressSpace { get; }

    /// <summary>The PASID.</summary>
    public Pasid Pasid => Handle.Id.ToPasid();

    /// <summary>The allocation of the PASID. It is set once, before the binding is visible to other code.</summary>
    internal IoAsidHandle<NativeSvaBinding> Handle { get; private set; }

    /// <summary>The subscription to changes of the address space.</summary>
    internal IDisposable? Subscription { get; private set; }

    /// <summary>The number of bonds, including those that are being created. The last one releases the PASID.</summary>
    internal int Claims { get; set; }

    /// <inheritdoc/>
    ValueTask IAddressSpaceObserver.InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        DeviceTlbRange pages = DeviceTlbRange.Covering(range.Start, range.Last);
        Pasid pasid = Pasid;
        return Attachments.InvalidateAsync(pasid, pages, batch => batch.FirstStage(DomainIds.FirstStage, pasid, pages, onlyLeaves));
    }

    /// <summary>
    /// Revokes the PASID before the devices are unbound, because the process exits. On completion no translation is cached, and the page tables can be freed.
    /// Faults of the devices are suppressed until they are unbound and drained (Linux 6.12 <c>intel_mm_release</c>).
    /// </summary>
    ValueTask IAddressSpaceObserver.ReleaseAsync() => Attachments.RevokeAsync();

    /// <summary>Stores the PASID, takes a reference to the structure of the address space, which may outlive the process, and subscribes to changes.</summary>
    internal void Register(IoAsidHandle<NativeSvaBinding> handle)
    {
        Handle = handle;
        _structure = AddressSpace.Grab();
        Subscription = AddressSpace.Subscribe(this);
    }

    /// <summary>Frees the PASID, the reference and the subscription. No hardware may have cached the PASID.</summary>
    internal void Release()
    {
        Subscription?.Dispose();
        _structure?.Dispose();
        Handle.Free();
        Handle.Set.Close();
    }

    /// <summary>Returns the PASID entry of the address space.</summary>
    internal PasidEntry EntryFor(in VtdCapabilities capabilities) =>
        FirstStageEntries.Create(capabilities, AddressSpace.Root, hasFiveLevels: AddressSpace.Levels == 5, DomainIds.FirstStage, _setsAddressWidth);

    /// <summary>Tries to bring in the pages of a group without a wait (Linux 6.12 <c>iommu_sva_handle_mm</c>).</summary>
    /// <param name="requests">The requests of the group.</param>
    /// <param name="response">The response to the group.</param>
    /// <returns>true if the group has its response; false if a page must come from its source by <see cref="ServeAsync"/>.</returns>
    internal bool TryServe(ReadOnlySpan<PageRequest> requests, out PageResponse response)
    {
        response = PageResponse.InvalidRequest;
        foreach (ref readonly PageRequest request in requests)
        {
            if (AddressSpace.TryHandleFault(request.Address, request.Rights) is not { } outcome)
                return false;
            if (outcome != PageFaultOutcome.Handled)
                return true;
        }

        response = PageResponse.Success;
        return true;
    }

    /// <summary>Brings in the pages of a group. The exit of the process ends the wait for a page.</summary>
    internal async ValueTask<PageResponse> ServeAsync(PageRequestGroup group)
    {
        foreach (PageRequest request in group.Requests)
        {
            if (await AddressSpace.HandleFaultAsync(request.Address, request.Rights) != PageFaultOutcome.Handled)
                return PageResponse.InvalidRequest;
        }

        return PageResponse.Success;
    }
}
