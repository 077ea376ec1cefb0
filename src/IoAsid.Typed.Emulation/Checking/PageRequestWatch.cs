using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Follows page requests from the device that sends them to their answer.</summary>
internal sealed class PageRequestWatch(PasidLives lives, PageRequestWatch.Reporting report)
{
    private readonly Dictionary<long, int> _onTheWay = [];
    private readonly Queue<Request> _inUnit = new();
    private readonly SortedDictionary<ulong, Request> _inRing = [];
    private readonly Dictionary<(RequesterId Requester, int Group), Request> _open = [];
    private readonly HashSet<(RequesterId Requester, int Group)> _forgotten = [];
    private ulong _head;

    // What is delivered this moment. The fabric tells of the messages to all units: another unit's is not followed by an event of this one.
    private (RequesterId Requester, int Life)? _arriving;

    /// <summary>Takes a finding.</summary>
    public delegate void Reporting(
        FindingKind kind, RequesterId requester, PasidPrefix prefix, ulong address, bool isHarmful, string text, string cause);

    public PasidLives Lives => lives;

    /// <summary>A device has sent a request.</summary>
    public void Sent(in FabricMessage message) => _onTheWay[message.Number] = lives.NumberOf(message.Function, message.Prefix.Pasid);

    /// <summary>The request is about to reach the unit.</summary>
    public void Arriving(in FabricMessage message)
    {
        _arriving = _onTheWay.Remove(message.Number, out int life) ? (message.Function, life) : null;
    }

    /// <summary>A function is gone: nobody waits for its answers, and those that come do no harm.</summary>
    public void Forget(RequesterId requester)
    {
        foreach ((RequesterId Requester, int Group) key in _open.Keys.Where(key => key.Requester == requester).ToArray())
        {
            _open.Remove(key);
            _forgotten.Add(key);
        }
    }

    /// <summary>The unit has done something.</summary>
    public void Observe(in UnitEvent happened)
    {
        switch (happened.Kind)
        {
            case UnitEventKind.PageRequestArrived:
                Arrived(happened);
                break;
            case UnitEventKind.PageRequestQueued when _inUnit.TryDequeue(out Request queued):
                _inRing[happened.Second] = queued;
                CheckLife(queued, "was written to the ring");
                break;
            case UnitEventKind.PageRequestDropped:
                _inUnit.TryDequeue(out _);
                break;
            case UnitEventKind.ResponseSent or UnitEventKind.AutomaticResponse:
                Answered(happened);
                break;
        }
    }

    /// <summary>Software has taken requests out of the ring.</summary>
    public void HeadWritten(ulong head)
    {
        ulong before = _head;
        _head = head;
        foreach (ulong place in _inRing.Keys.Where(place => before <= head ? place >= before && place < head : place >= before || place < head).ToArray())
        {
            _inRing.Remove(place, out Request taken);
            CheckLife(taken, "was taken out of the ring");
        }
    }

    /// <summary>Reports the groups that are open.</summary>
    public void FindMissing()
    {
        foreach (((RequesterId requester, int group), Request request) in _open)
            report(
                FindingKind.ResponseMissing, requester, request.Prefix, (ulong)group, true,
                $"group {group} of {requester} was never answered", $"Its last request asked for 0x{request.Address:X}");
    }

    private void Arrived(in UnitEvent happened)
    {
        int life = _arriving is { } sent && sent.Requester == happened.Requester
            ? sent.Life
            : lives.NumberOf(happened.Requester, happened.Prefix.Pasid);
        _arriving = null;
        Request request = new(happened.Requester, happened.Prefix, happened.First, life);
        _inUnit.Enqueue(request);
        if (happened.Second >> 16 != 0)
            Open((happened.Requester, (int)(happened.Second & 0xFFFF)), request);
    }

    private void Open((RequesterId Requester, int Group) key, in Request request)
    {
        _open[key] = request;
        _forgotten.Remove(key);
    }

    private void Answered(in UnitEvent happened)
    {
        int group = (int)happened.First;
        if (_open.Remove((happened.Requester, group), out Request request))
        {
            CheckLife(request, "was answered");
            return;
        }

        if (_forgotten.Remove((happened.Requester, group)))
            return;
        report(
            FindingKind.ResponseDoubled, happened.Requester, happened.Prefix, happened.First, true,
            $"group {group} of {happened.Requester} was answered (code {happened.Second})", "It was not open: answered before, or never asked");
    }

    private void CheckLife(in Request request, string what)
    {
        if (!request.Prefix.IsPresent)
            return;
        int now = lives.NumberOf(request.Requester, request.Prefix.Pasid);
        if (now == request.Life || !lives.IsAlive(request.Requester, request.Prefix.Pasid))
            return;
        report(
            FindingKind.ReusedBeforeDrain, request.Requester, request.Prefix, request.Address, true,
            $"a page request of {request.Requester} for 0x{request.Address:X}, {request.Prefix}, {what} after its PASID had been given to another address space",
            "The PASID entry was set again while the request was under way: the PASID was not drained");
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Request(RequesterId Requester, PasidPrefix Prefix, ulong Address, int Life);
}
