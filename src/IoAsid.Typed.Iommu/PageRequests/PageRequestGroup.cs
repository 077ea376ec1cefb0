using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Page requests that a device wants one answer to. Exactly one is sent: of the one who serves it, the time-out, the unbind, the guest's death and the
/// device's removal the first one responds, all others are too late and change nothing.
/// </summary>
[AnsweredOnce]
public sealed class PageRequestGroup
{
    private readonly PageRequestHandler _handler;
    private readonly List<PageRequest> _requests = new(4);
    private TaskCompletionSource? _answer;

    internal PageRequestGroup(PageRequestHandler handler, IommuDevice device, Pasid? pasid, int index)
    {
        _handler = handler;
        Device = device;
        Pasid = pasid;
        Index = index;
    }

    /// <summary>Who asks.</summary>
    public IommuDevice Device { get; }

    /// <summary>Who asks, as its requests say it.</summary>
    public RequesterId RequesterId => Device.RequesterId;

    /// <summary>For which PASID; null if the requests carried none.</summary>
    public Pasid? Pasid { get; }

    /// <summary>The number under which the space knows the PASID; null without one.</summary>
    internal RawIoAsid? Id => Pasid?.ToRawIoAsid();

    /// <summary>The group's number, chosen by the device, 0 to 511. It may be used again as soon as the group is answered.</summary>
    public int Index { get; }

    /// <summary>What it asks for, in the order of arrival.</summary>
    public IReadOnlyList<PageRequest> Requests => _requests;

    /// <summary>Whether somebody answered.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Whether one of the requests is malformed: the answer is then Invalid Request.</summary>
    internal bool IsMalformed { get; set; }

    /// <summary>When the group is answered by the clock, in ticks of it.</summary>
    internal long Deadline { get; set; }

    /// <summary>Answers the group, if nobody did before.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Whether this was the first answer. False: it was too late, and nothing was sent.</returns>
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
        _answer?.SetResult();
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"page request group {Index} of {Device}{(Pasid is { } pasid ? $" for PASID {pasid}" : "")}";

    /// <summary>Waits until somebody answers, whoever it is: for who passed the group on and keeps its PASID meanwhile.</summary>
    internal Task WaitForAnswerAsync()
    {
        if (IsAnswered)
            return Task.CompletedTask;
        // Who waits goes on in a step of its own, not in the middle of the answer.
        _answer ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _answer.Task;
    }

    /// <summary>Takes a request in, if the device may have that many outstanding.</summary>
    internal bool TryAdd(PageRequest request)
    {
        if (_requests.Count >= Device.Function.Pri?.Allocation)
            return false;
        _requests.Add(request);
        return true;
    }
}
