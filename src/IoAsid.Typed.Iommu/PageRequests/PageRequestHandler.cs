using System.Diagnostics;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The handler of all page requests, native and guest. It looks PASIDs up only in the set of SVA bindings. It holds the id while it serves a group, and checks
/// that the device is bound to the PASID.
/// </summary>
internal sealed class PageRequestHandler
{
    private readonly IoAsidReader<SvaBinding> _sva;
    private readonly PageRequestDeadlines _deadlines;

    // The groups that were answered in the step that completed them. No other code has a reference to such a group.
    private readonly Stack<PageRequestGroup> _idle = [];
    private long _requests;
    private long _groups;
    private long _responses;
    private long _refused;
    private long _tooLate;
    private long _stopMarkers;

    public PageRequestHandler(TimeProvider clock, IoAsidReader<SvaBinding> sva, TimeSpan timeout)
    {
        _sva = sva;
        _deadlines = new PageRequestDeadlines(clock, timeout);
    }

    /// <summary>Raised when the service of a group threw an exception. The group has the response Invalid Request.</summary>
    public event EventHandler<IommuErrorEventArgs>? Failed;

    /// <summary>The counts of the handler.</summary>
    public PageRequestStatistics Statistics =>
        new(_requests, _groups, _responses, _refused, _tooLate, _deadlines.Expired, _stopMarkers);

    /// <summary>Receives a request from a unit's ring (Linux 6.12 <c>iommu_report_device_fault</c>).</summary>
    public void Receive(VtdDriver unit, in PageRequestDescriptor request)
    {
        _requests++;
        if (request.IsStopMarker)
        {
            _stopMarkers++;
            return;
        }

        if (unit.Find(request.RequesterId) is not { } device)
        {
            RefuseUnknown(unit, request);
            return;
        }

        PageRequestGroup group = GroupOf(device, request);
        group.IsMalformed |= IsMalformed(request) || group.Pasid != PasidOf(request) || !group.TryAdd(Decode(request));
        if (request.LastPageInGroup)
            Complete(group);
    }

    public void CountLate() => _tooLate++;

    public void Send(PageRequestGroup group, PageResponse response)
    {
        _responses++;
        if (response != PageResponse.Success)
            _refused++;
        group.Device.PageRequests.RemoveWaiting(group);
        // The response is also sent to a removed device. It is dropped on the bus, and the unit requires a response for each group.
        group.Device.Unit.Invalidations.Post(ResponseTo(group, response).Bits);
    }

    public void Stop() => _deadlines.Stop();

    private void Complete(PageRequestGroup group)
    {
        _groups++;
        DevicePageRequests requests = group.Device.PageRequests;
        requests.RemoveIncomplete(group.Index);
        if (TryRespondSynchronously(group, out PageResponse response))
        {
            group.Respond(response);
            _idle.Push(group);
            return;
        }

        requests.AddWaiting(group);
        _deadlines.Add(group);
        _ = ServeAsync(group);
    }

    // Most groups need no wait. They get their response in the step that reads them from the ring, so no other response can precede it.
    private bool TryRespondSynchronously(PageRequestGroup group, out PageResponse response)
    {
        response = PageResponse.InvalidRequest;
        if (group.IsMalformed || group.Id is not { } id)
            return true;
        using IoAsidHold<SvaBinding> hold = _sva.Hold(id);
        if (!hold.IsHeld || !hold.Data.Attachments.IsUsableBy(group.Device))
            return true;
        return hold.Data is NativeSvaBinding native && native.TryServe(group.RequestSpan, out response);
    }

    private async Task ServeAsync(PageRequestGroup group)
    {
        group.Device.PageRequests.BeginService(group);
        try
        {
            await DispatchAsync(group);
        }
#pragma warning disable CA1031 // The device waits for a response after any exception.
        catch (Exception error)
#pragma warning restore CA1031
        {
            group.Respond(PageResponse.InvalidRequest);
            Failed?.Invoke(this, new IommuErrorEventArgs(group, error));
        }
        finally
        {
            group.Device.PageRequests.EndService(group);
        }
    }

    // The same step has checked that the device may use the PASID.
    private async ValueTask DispatchAsync([Answers] PageRequestGroup group)
    {
        if (group.Id is not { } id || !_sva.TryHold(id, out IoAsidReference<SvaBinding>? hold))
        {
            group.Respond(PageResponse.InvalidRequest);
            return;
        }

        using (hold)
        {
            switch (hold.Data)
            {
                case NativeSvaBinding native:
                    group.Respond(await native.ServeAsync(group));
                    break;
                case GuestSvaBinding guest:
                    await guest.ForwardAsync(group);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private PageRequestGroup GroupOf(IommuDevice device, in PageRequestDescriptor request)
    {
        if (device.PageRequests.FindIncomplete(request.GroupIndex) is { } incomplete)
            return incomplete;
        PageRequestGroup group = BeginGroup(device, PasidOf(request), request.GroupIndex);
        if (!request.LastPageInGroup)
            device.PageRequests.AddIncomplete(group);
        return group;
    }

    private PageRequestGroup BeginGroup(IommuDevice device, Pasid? pasid, int index)
    {
        if (!_idle.TryPop(out PageRequestGroup? group))
            return new PageRequestGroup(this, device, pasid, index);
        group.Begin(device, pasid, index);
        return group;
    }

    private void RefuseUnknown(VtdDriver unit, in PageRequestDescriptor request)
    {
        if (!request.LastPageInGroup)
            return;
        _responses++;
        _refused++;
        unit.Invalidations.Post(new PageGroupResponse
        {
            RequesterId = request.RequesterId,
            PasidPresent = request.PasidPresent,
            Pasid = request.Pasid,
            GroupIndex = request.GroupIndex,
            ResponseCode = PageResponse.InvalidRequest,
        }.Bits);
    }

    private static PageGroupResponse ResponseTo(PageRequestGroup group, PageResponse response) => new()
    {
        RequesterId = group.RequesterId,
        PasidPresent = group.Pasid is not null,
        Pasid = group.Pasid ?? default,
        GroupIndex = (ushort)group.Index,
        ResponseCode = response,
    };

    // A device of a process requests neither execute nor privileged mode, and its addresses are canonical.
    private static bool IsMalformed(in PageRequestDescriptor request) =>
        request.PrivilegedModeRequested || request.ExecuteRequested || !IsCanonical(request.Address);

    private static bool IsCanonical(ulong address) => (long)address << 7 >> 7 == (long)address;

    private static PageRequest Decode(in PageRequestDescriptor request) => new(
        request.Address,
        (request.Read ? MemoryRights.Read : MemoryRights.None) | (request.Write ? MemoryRights.Write : MemoryRights.None),
        request.PrivilegedModeRequested);

    private static Pasid? PasidOf(in PageRequestDescriptor request) => request.PasidPresent ? request.Pasid : null;
}
