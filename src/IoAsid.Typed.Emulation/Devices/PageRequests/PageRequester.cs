using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Sends page requests as far as credits allow, and matches the answers to their groups (PCIe, Page Request Services).
/// </summary>
internal sealed class PageRequester(EmulatedFunction function, PriCapability pri, FunctionOptions options)
{
    private const int Groups = 512;
    private const int PageShift = 12;
    private const int SuccessCode = 0;
    private const int InvalidRequestCode = 1;

    private static readonly Action<object?> AbortGroup = static group => ((PageRequestGroup)group!).End(PageAnswer.Aborted);
    private static readonly Action<object?> GiveUpGroup = static group => ((PageRequestGroup)group!).End(PageAnswer.GivenUp);

    private readonly PageRequestGroup?[] _outstanding = new PageRequestGroup?[Groups];
    private readonly Stack<PageRequestGroup> _idle = [];
    private readonly Signal _changed = new(function.Scheduler, "page request credits");
    private int _nextIndex;

    /// <summary>How many requests wait for an answer.</summary>
    public int Outstanding { get; private set; }

    /// <summary>How many requests were sent, stop markers apart.</summary>
    public long Sent { get; private set; }

    /// <summary>
    /// Asks for a page and waits for the answer; the pages behind it that are wanted too go into the same group.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PageAnswer> AskAsync(PasidPrefix prefix, ulong address, int pages, bool write)
    {
        int resets = function.Resets;
        int count = Math.Clamp(pages, 1, Math.Min(options.PagesPerGroup, pri.Allocation));
        PageAnswer? obstacle;
        while ((obstacle = Obstacle(prefix, resets)) is null && !HasCredits(count))
            await _changed.WaitAsync().ConfigureAwait(false);
        if (obstacle is { } end)
            return end;
        PageRequestGroup group = Begin(prefix, address, count);
        SendGroup(group, write);
        PageAnswer answer = await group.Task.ConfigureAwait(false);
        group.IsAwaited = false;
        RecycleIfDone(group);
        return answer;
    }

    /// <summary>Says that no more requests with a PASID will come.</summary>
    public void SendStopMarker(Pasid pasid)
    {
        if (pri.Enabled)
            Send(0, 0, read: false, write: false, isLast: true, new PasidPrefix(pasid));
    }

    /// <summary>An answer has come.</summary>
    public void Receive(in PageGroupResponseMessage message)
    {
        PageRequestGroup? group = _outstanding[message.GroupIndex & Groups - 1];
        if (group is null || !Fits(message, group))
        {
            pri.UnexpectedGroupIndex = true;
            return;
        }

        pri.ResponseFailure |= message.Code is not (SuccessCode or InvalidRequestCode);
        Remove(group);
        Changed();
        if (!group.IsGivenUp)
            group.End(message.Code == SuccessCode ? PageAnswer.Success : PageAnswer.Refused);
    }

    /// <summary>Has nobody wait for answers to requests with a PASID any more. The answers may still come.</summary>
    public void GiveUp(Pasid pasid)
    {
        foreach (PageRequestGroup? group in _outstanding)
        {
            if (group is not { IsGivenUp: false } || !group.IsOf(pasid))
                continue;
            group.IsGivenUp = true;
            function.Post(GiveUpGroup, group, "page request given up");
        }

        Changed();
    }

    /// <summary>Has those who wait for credits look again.</summary>
    public void Changed() => _changed.Raise();

    /// <summary>Forgets every group; answers to them will be unexpected.</summary>
    public void Forget()
    {
        foreach (PageRequestGroup? group in _outstanding)
        {
            if (group is null)
                continue;
            Remove(group);
            if (!group.IsGivenUp)
                function.Post(AbortGroup, group, "aborted page request");
        }

        Changed();
    }

    public void ExplainWaits(ICollection<string> waits)
    {
        foreach (PageRequestGroup? group in _outstanding)
        {
            if (group is { IsGivenUp: false })
                waits.Add($"{function.RequesterId} waits for the answer to page request {group}");
        }
    }

    // Without an answer that carries the PASID, groups of two PASIDs are told apart by their index alone.
    private bool Fits(in PageGroupResponseMessage message, PageRequestGroup group)
    {
        bool carriesPasid = message.Prefix.IsPresent;
        if (pri.ResponsePasidRequired && group.Prefix.IsPresent && !carriesPasid)
            return false;
        return !carriesPasid || group.Prefix.IsPresent && message.Prefix.Pasid == group.Prefix.Pasid;
    }

    private PageAnswer? Obstacle(PasidPrefix prefix, int resets) =>
        function.Resets != resets ? PageAnswer.Aborted
        : function.GivesUp(prefix) ? PageAnswer.GivenUp
        : !pri.Enabled || pri.ResponseFailure ? PageAnswer.NotEnabled
        : null;

    private bool HasCredits(int count) =>
        Outstanding + count <= pri.Allocation || function.Does(DeviceMisbehaviour.ExceedsPageRequestCredit);

    private PageRequestGroup Begin(PasidPrefix prefix, ulong address, int count)
    {
        PageRequestGroup group = _idle.Count == 0 ? new PageRequestGroup() : _idle.Pop();
        group.Index = FreeIndex();
        group.Prefix = prefix;
        group.Address = address & ~0UL << PageShift;
        group.Count = count;
        group.IsOutstanding = true;
        group.IsAwaited = true;
        group.IsGivenUp = false;
        _outstanding[group.Index] = group;
        Outstanding += count;
        return group;
    }

    private void Remove(PageRequestGroup group)
    {
        _outstanding[group.Index] = null;
        Outstanding -= group.Count;
        group.IsOutstanding = false;
        RecycleIfDone(group);
    }

    private void RecycleIfDone(PageRequestGroup group)
    {
        if (!group.IsOutstanding && !group.IsAwaited)
            _idle.Push(group);
    }

    private void SendGroup(PageRequestGroup group, bool write)
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

        throw new InvalidOperationException($"{function.RequesterId} has {Groups} groups outstanding, and no more indexes.");
    }
}
