using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The sender of page requests. It respects the credits, and matches responses to groups (PCIe, Page Request Services).</summary>
internal sealed class PageRequester(EmulatedFunction function, PriCapability pri, FunctionOptions options)
{
    private const int Groups = 512;
    private const int PageShift = 12;
    private const int SuccessCode = 0;
    private const int InvalidRequestCode = 1;

    private static readonly Action<object?> AbortGroup = static group => ((DevicePageRequestGroup)group!).Complete(PageRequestResult.Aborted);
    private static readonly Action<object?> AbandonGroup = static group => ((DevicePageRequestGroup)group!).Complete(PageRequestResult.Abandoned);

    private readonly DevicePageRequestGroup?[] _outstanding = new DevicePageRequestGroup?[Groups];
    private readonly Stack<DevicePageRequestGroup> _idle = [];
    private readonly Signal _changed = new(function.Scheduler, "page request credits");
    private int _nextIndex;

    /// <summary>The number of outstanding requests.</summary>
    public int Outstanding { get; private set; }

    /// <summary>The number of requests that were sent, without stop markers.</summary>
    public long Sent { get; private set; }

    /// <summary>Requests a page and its successors as one group, and waits for the response.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PageRequestResult> RequestAsync(PasidPrefix prefix, ulong address, int pages, bool write)
    {
        int resets = function.Resets;
        int count = Math.Clamp(pages, 1, Math.Min(options.PagesPerGroup, pri.Allocation));
        PageRequestResult? reason;
        while ((reason = ReasonNotToSend(prefix, resets)) is null && !HasCredits(count))
            await _changed.WaitAsync().ConfigureAwait(false);
        if (reason is { } end)
            return end;
        DevicePageRequestGroup group = Begin(prefix, address, count);
        SendGroup(group, write);
        PageRequestResult answer = await group.Task.ConfigureAwait(false);
        group.IsAwaited = false;
        RecycleIfDone(group);
        return answer;
    }

    /// <summary>Sends a stop marker: no more requests with a PASID follow.</summary>
    public void SendStopMarker(Pasid pasid)
    {
        if (pri.Enabled)
            Send(0, 0, read: false, write: false, isLast: true, new PasidPrefix(pasid));
    }

    /// <summary>Receives the response to a group.</summary>
    public void Receive(in PageGroupResponseMessage message)
    {
        DevicePageRequestGroup? group = _outstanding[message.GroupIndex & Groups - 1];
        if (group is null || !Matches(message, group))
        {
            pri.UnexpectedGroupIndex = true;
            return;
        }

        pri.ResponseFailure |= message.Code is not (SuccessCode or InvalidRequestCode);
        Remove(group);
        Changed();
        if (!group.IsAbandoned)
            group.Complete(message.Code == SuccessCode ? PageRequestResult.Success : PageRequestResult.Refused);
    }

    /// <summary>Abandons the waits for groups with a PASID. Their responses can still arrive.</summary>
    public void Abandon(Pasid pasid)
    {
        foreach (DevicePageRequestGroup? group in _outstanding)
        {
            if (group is not { IsAbandoned: false } || !group.Uses(pasid))
                continue;
            group.IsAbandoned = true;
            function.Post(AbandonGroup, group, "page request given up");
        }

        Changed();
    }

    /// <summary>Notifies waits for credits that credits or the state of the interface changed.</summary>
    public void Changed() => _changed.Raise();

    /// <summary>Aborts all groups. Their responses, if they arrive, are unexpected.</summary>
    public void AbortAll()
    {
        foreach (DevicePageRequestGroup? group in _outstanding)
        {
            if (group is null)
                continue;
            Remove(group);
            if (!group.IsAbandoned)
                function.Post(AbortGroup, group, "aborted page request");
        }

        Changed();
    }

    public void ExplainWaits(ICollection<string> waits)
    {
        foreach (DevicePageRequestGroup? group in _outstanding)
        {
            if (group is { IsAbandoned: false })
                waits.Add($"{function.RequesterId} waits for the response to page request {group}");
        }
    }

    // A response without PASID matches by index alone.
    private bool Matches(in PageGroupResponseMessage message, DevicePageRequestGroup group)
    {
        bool carriesPasid = message.Prefix.IsPresent;
        if (pri.ResponsePasidRequired && group.Prefix.IsPresent && !carriesPasid)
            return false;
        return !carriesPasid || group.Prefix.IsPresent && message.Prefix.Pasid == group.Prefix.Pasid;
    }

    private PageRequestResult? ReasonNotToSend(PasidPrefix prefix, int resets) =>
        function.Resets != resets ? PageRequestResult.Aborted
        : function.IsAborting(prefix) ? PageRequestResult.Abandoned
        : !pri.Enabled || pri.ResponseFailure ? PageRequestResult.NotEnabled
        : null;

    private bool HasCredits(int count) =>
        Outstanding + count <= pri.Allocation || function.Does(DeviceMisbehaviour.ExceedsPageRequestCredit);

    private DevicePageRequestGroup Begin(PasidPrefix prefix, ulong address, int count)
    {
        DevicePageRequestGroup group = _idle.Count == 0 ? new DevicePageRequestGroup() : _idle.Pop();
        group.Index = FreeIndex();
        group.Prefix = prefix;
        group.Address = address & ~0UL << PageShift;
        group.Count = count;
        group.IsOutstanding = true;
        group.IsAwaited = true;
        group.IsAbandoned = false;
        _outstanding[group.Index] = group;
        Outstanding += count;
        return group;
    }

    private void Remove(DevicePageRequestGroup group)
    {
        _outstanding[group.Index] = null;
        Outstanding -= group.Count;
        group.IsOutstanding = false;
        RecycleIfDone(group);
    }

    private void RecycleIfDone(DevicePageRequestGroup group)
    {
        if (!group.IsOutstanding && !group.IsAwaited)
            _idle.Push(group);
    }

    private void SendGroup(DevicePageRequestGroup group, bool write)
    {
        for (int page = 0; page < group.Count; page++)
        {
            bool isLast = page == group.Count - 1 && !function.Does(DeviceMisbehaviour.NeverSendsLast);
            ulong address = group.Address + ((ulong)page << PageShift);
            Send(address, group.Index, read: true, write, isLast, group.Prefix);
            Sent++;
        }
    }

    private void Send(ulong address, int group, bool read, bool write, bool isLast, PasidPrefix prefix) =>
        function.Port.Send(new PageRequestMessage(function.RequesterId, address, group, read, write, isLast, prefix));

    private int FreeIndex()
    {
        for (int tried = 0; tried < Groups; tried++)
        {
            int index = _nextIndex;
            _nextIndex = (_nextIndex + 1) % Groups;
            if (_outstanding[index] is null)
                return index;
        }

        throw new InvalidOperationException($"{function.RequesterId} has {Groups} outstanding groups and no free index. Wait for responses first.");
    }
}
