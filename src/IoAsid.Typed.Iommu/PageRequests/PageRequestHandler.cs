using System.Diagnostics;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The one handler of page requests, native and guest. It knows a number and reads it through one set: the root of SVA bindings, and nothing wider. It
/// holds the id while it serves, and checks the bond of device and PASID.
/// </summary>
public sealed class PageRequestHandler
{
    private readonly IoAsidReader<SvaBinding> _sva;
    private readonly PageRequestDeadlines _deadlines;
    private long _requests;
    private long _groups;
    private long _answered;
    private long _refused;
    private long _tooLate;
    private long _stopMarkers;

    internal PageRequestHandler(TimeProvider clock, IoAsidReader<SvaBinding> sva, TimeSpan timeout)
    {
        _sva = sva;
        _deadlines = new PageRequestDeadlines(clock, timeout);
    }

    /// <summary>Told of an error in whoever served a group; the group was answered with Invalid Request.</summary>
    public event EventHandler<PageRequestFaultEventArgs>? Faulted;

    /// <summary>What was counted.</summary>
    public PageRequestStatistics Statistics =>
        new(_requests, _groups, _answered, _refused, _tooLate, _deadlines.Expired, _stopMarkers);

    /// <summary>Takes a request out of a unit's ring (Linux iommu_report_device_fault).</summary>
    internal void Receive(VtdDriver unit, PageRequestDescriptor request)
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
            Begin(group);
    }

    internal void CountLate() => _tooLate++;

    internal void Send(PageRequestGroup group, PageResponse response)
    {
        _answered++;
        if (response != PageResponse.Success)
            _refused++;
        group.Device.PageRequests.Answered(group);
        // Also to a device that was pulled out: a response to nobody is lost, and the unit owes one for each group.
        group.Device.Unit.Invalidations.Post(ResponseTo(group, response).Bits);
    }

    internal void Stop() => _deadlines.Stop();

    private void Begin(PageRequestGroup group)
    {
        _groups++;
        PageRequestAccounts accounts = group.Device.PageRequests;
        accounts.RemovePartial(group.Index);
        if (TryAnswerAtOnce(group, out PageResponse response))
        {
            group.Respond(response);
            return;
        }

        accounts.Await(group);
        _deadlines.Watch(group);
        _ = ServeAsync(group);
    }

    // Most groups wait for nothing: they are answered in the step that takes them out of the ring, so nobody can come first.
    private bool TryAnswerAtOnce(PageRequestGroup group, out PageResponse response)
    {
        response = PageResponse.InvalidRequest;
        if (group.IsMalformed || group.Id is not { } id)
            return true;
        using IoAsidHold<SvaBinding> hold = _sva.Hold(id);
        if (!hold.IsHeld || !hold.Data.Attachments.Allows(group.Device))
            return true;
        return hold.Data is NativeSvaBinding native && native.TryServe(group.Requests, out response);
    }

    private async Task ServeAsync(PageRequestGroup group)
    {
        group.Device.PageRequests.BeginService(group);
        try
        {
            await DispatchAsync(group);
        }
#pragma warning disable CA1031 // Whatever went wrong in serving: the device waits for an answer.
        catch (Exception error)
#pragma warning restore CA1031
        {
            group.Respond(PageResponse.InvalidRequest);
            Faulted?.Invoke(this, new PageRequestFaultEventArgs(group, error));
        }
        finally
        {
            group.Device.PageRequests.EndService(group);
        }
    }

    // Whether it may be served at all was looked at in this very step.
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

    private PageRequestGroup GroupOf(IommuDevice device, PageRequestDescriptor request)
    {
        if (device.PageRequests.FindPartial(request.GroupIndex) is { } partial)
            return partial;
        PageRequestGroup group = new(this, device, PasidOf(request), request.GroupIndex);
        if (!request.LastPageInGroup)
            device.PageRequests.AddPartial(group);
        return group;
    }

    private void RefuseUnknown(VtdDriver unit, PageRequestDescriptor request)
    {
        if (!request.LastPageInGroup)
            return;
        _answered++;
        _refused++;
        unit.Invalidations.Post(new PageGroupResponse
        {
            RequesterId = request.RequesterId,
            PasidPresent = request.PasidPresent,
            Pasid = request.Pasid,
            GroupIndex = request.GroupIndex,
            ResponseCode = PageRequestResponseCode.InvalidRequest,
        }.Bits);
    }

    private static PageGroupResponse ResponseTo(PageRequestGroup group, PageResponse response) => new()
    {
        RequesterId = group.RequesterId,
        PasidPresent = group.Pasid is not null,
        Pasid = group.Pasid ?? default,
        GroupIndex = (ushort)group.Index,
        ResponseCode = (PageRequestResponseCode)response,
    };

    // A user's device neither executes nor asks as the system does, and user addresses are in the lower half.
    private static bool IsMalformed(PageRequestDescriptor request) =>
        request.PrivilegedModeRequested || request.ExecuteRequested || !IsCanonical(request.Address);

    private static bool IsCanonical(ulong address) => (long)address << 7 >> 7 == (long)address;

    private static PageRequest Decode(PageRequestDescriptor request) => new(
        request.Address,
        (request.Read ? MemoryRights.Read : MemoryRights.None) | (request.Write ? MemoryRights.Write : MemoryRights.None),
        request.PrivilegedModeRequested);

    private static Pasid? PasidOf(PageRequestDescriptor request) => request.PasidPresent ? request.Pasid : null;
}
