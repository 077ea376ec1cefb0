using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Page requests with one group index, which get one response. The page request handler, the timeout, the unbind, the exit of a guest and the removal of the
/// device may all respond. The first response is sent, and later ones have no effect.
/// </summary>
[AnsweredOnce]
internal sealed class PageRequestGroup
{
    private readonly PageRequestHandler _handler;
    private readonly List<PageRequest> _requests = new(4);
    private TaskCompletionSource? _response;

    public PageRequestGroup(PageRequestHandler handler, IommuDevice device, Pasid? pasid, int index)
    {
        _handler = handler;
        Begin(device, pasid, index);
    }

    /// <summary>The device.</summary>
    public IommuDevice Device { get; private set; }

    /// <summary>The requester id of the device.</summary>
    public RequesterId RequesterId => Device.RequesterId;

    /// <summary>The PASID, or null if the requests carry none.</summary>
    public Pasid? Pasid { get; private set; }

    /// <summary>The number of the PASID in the space, or null without a PASID.</summary>
    public RawIoAsid? Id => Pasid?.ToRawIoAsid();

    /// <summary>The group index that the device chose, 0 to 511. The device may use it again after the response.</summary>
    public int Index { get; private set; }

    /// <summary>The requests in the order of arrival.</summary>
    public IReadOnlyList<PageRequest> Requests => _requests;

    /// <summary>The requests, for a loop that adds none.</summary>
    public ReadOnlySpan<PageRequest> RequestSpan => CollectionsMarshal.AsSpan(_requests);

    /// <summary>Gets a value indicating whether the group has its response.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Gets or sets a value indicating whether a request of the group is malformed. The response is then Invalid Request.</summary>
    public bool IsMalformed { get; set; }

    /// <summary>The timestamp of the clock at which the group gets the response Invalid Request.</summary>
    public long Deadline { get; set; }

    /// <summary>Begins an empty group. An object can be used again after the response, if no other code has a reference to it.</summary>
    [MemberNotNull(nameof(Device))]
    public void Begin(IommuDevice device, Pasid? pasid, int index)
    {
        Device = device;
        Pasid = pasid;
        Index = index;
        IsAnswered = false;
        IsMalformed = false;
        _requests.Clear();
    }

    /// <summary>Responds to the group, if it has no response yet.</summary>
    /// <param name="response">The response.</param>
    /// <returns>true if this response was sent; false if the group had a response before.</returns>
    [Answers]
    public bool Respond(PageResponse response)
    {
        if (IsAnswered)
        {
            _handler.CountLate();
            return false;
        }

        IsAnswered = true;
        _handler.Send(this, response);
        _response?.SetResult();
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"page request group {Index} of {Device}{(Pasid is { } pasid ? $" for PASID {pasid}" : "")}";

    /// <summary>Completes when the group has its response. A forwarder that must hold the PASID until then uses it.</summary>
    public Task WaitForResponseAsync()
    {
        if (IsAnswered)
            return Task.CompletedTask;
        // Continuations must not run inside the call that responds.
        _response ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _response.Task;
    }

    /// <summary>Tries to add a request. A device must not have more outstanding requests than its allocation.</summary>
    // Inlined, so that the fields of the request reach the list from registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(PageRequest request)
    {
        if (_requests.Count >= Device.Function.Pri?.Allocation)
            return false;
        _requests.Add(request);
        return true;
    }
}
