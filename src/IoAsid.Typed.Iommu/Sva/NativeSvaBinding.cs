using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A process of this system behind a PASID: the same number on all its devices, one bond for each. Told of changes to the address space, it drops what
/// units and devices remember of it.
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

    /// <summary>The allocation; set once, before anybody else sees the binding.</summary>
    internal IoAsidHandle<NativeSvaBinding> Handle { get; private set; }

    /// <summary>Has the address space tell of its changes.</summary>
    internal IDisposable? Subscription { get; private set; }

    /// <summary>How many use the binding or are about to: with the last one the PASID is released.</summary>
    internal int Claims { get; set; }

    /// <inheritdoc/>
    ValueTask IAddressSpaceObserver.InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        DeviceTlbRange pages = DeviceTlbRange.Covering(range.Start, range.Last);
        Pasid pasid = Pasid;
        return Attachments.InvalidateAsync(pasid, pages, batch => batch.FirstStage(DomainIds.FirstStage, pasid, pages, onlyLeaves));
    }

    /// <summary>
    /// The process ends before its devices were told: no translation is left when this returns, and the page tables can go. What devices still ask is refused in
    /// silence, until they are unbound and drained (Linux intel_mm_release).
    /// </summary>
    ValueTask IAddressSpaceObserver.ReleaseAsync() => Attachments.RevokeAsync();

    /// <summary>Refers to the structure of the address space, which may outlive the process, and is told of changes from now on.</summary>
    internal void Begin(IoAsidHandle<NativeSvaBinding> handle)
    {
        Handle = handle;
        _structure = AddressSpace.Grab();
        Subscription = AddressSpace.Subscribe(this);
    }

    /// <summary>Gives everything back, when no hardware knows the PASID any more.</summary>
    internal void End()
    {
        Subscription?.Dispose();
        _structure?.Dispose();
        Handle.Free();
        Handle.Set.Close();
    }

    /// <summary>What a unit has to know of the address space.</summary>
    internal PasidEntry EntryFor(in VtdCapabilities capabilities) =>
        FirstStageEntries.Create(capabilities, AddressSpace.Root, hasFiveLevels: AddressSpace.Levels == 5, DomainIds.FirstStage, _setsAddressWidth);

    /// <summary>Brings in what a group asks for, if that needs no waiting (Linux iommu_sva_handle_mm).</summary>
    /// <param name="requests">The requests of the group.</param>
    /// <param name="response">The answer to it.</param>
    /// <returns>False if a page has to be waited for: ask <see cref="ServeAsync"/>.</returns>
    internal bool TryServe(IReadOnlyList<PageRequest> requests, out PageResponse response)
    {
        response = PageResponse.InvalidRequest;
        for (int request = 0; request < requests.Count; request++)
        {
            if (AddressSpace.TryHandleFault(requests[request].Address, requests[request].Rights) is not { } outcome)
                return false;
            if (outcome != PageFaultOutcome.Handled)
                return true;
        }

        response = PageResponse.Success;
        return true;
    }

    /// <summary>As <see cref="TryServe"/>, waiting for what has to be waited for. A process that exits meanwhile waits for no page.</summary>
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
