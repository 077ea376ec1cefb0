using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The page requests of devices, from the request to the response.</summary>
internal sealed class PageRequestTracker(PasidLives lives, IFindingReporter reporter)
{
    private readonly Dictionary<long, int> _inFlight = [];
    private readonly Queue<Request> _inUnit = new();
    private readonly SortedDictionary<ulong, Request> _inQueue = [];
    private readonly Dictionary<(RequesterId Requester, int Group), Request> _unanswered = [];
    private readonly HashSet<(RequesterId Requester, int Group)> _abandoned = [];
    private ulong _head;

    // The request that is being delivered. The fabric also reports messages to other units; the observed unit raises no event for these.
    private (RequesterId Requester, int Life)? _arriving;


    public PasidLives Lives => lives;

    /// <summary>Records a request that a device has sent.</summary>
    public void Sent(in FabricMessage message) => _inFlight[message.Number] = lives.NumberOf(message.Function, message.Prefix.Pasid);

    /// <summary>Records a request that is about to reach the unit.</summary>
    public void Arriving(in FabricMessage message) =>
        _arriving = _inFlight.Remove(message.Number, out int life) ? (message.Function, life) : null;

    /// <summary>Abandons the groups of a removed function. Their responses are lost and do no harm.</summary>
    public void Abandon(RequesterId requester)
    {
        foreach ((RequesterId Requester, int Group) key in _unanswered.Keys.Where(key => key.Requester == requester).ToArray())
        {
            _unanswered.Remove(key);
            _abandoned.Add(key);
        }
    }

    /// <summary>Records an event of the unit.</summary>
    public void Observe(in UnitEvent raised)
    {
        switch (raised.Kind)
        {
            case UnitEventKind.PageRequestArrived:
                Arrived(raised);
                break;
            case UnitEventKind.PageRequestQueued when _inUnit.TryDequeue(out Request queued):
                _inQueue[raised.Second] = queued;
                CheckLife(queued, "was written to the page request queue");
                break;
            case UnitEventKind.PageRequestDropped:
                _inUnit.TryDequeue(out _);
                break;
            case UnitEventKind.ResponseSent or UnitEventKind.AutomaticResponse:
                Answered(raised);
                break;
        }
    }

    /// <summary>Records that software has consumed requests: it wrote the head of the page request queue.</summary>
    public void HeadWritten(ulong head)
    {
        ulong before = _head;
        _head = head;
        foreach (ulong place in _inQueue.Keys.Where(place => before <= head ? place >= before && place < head : place >= before || place < head).ToArray())
        {
            _inQueue.Remove(place, out Request taken);
            CheckLife(taken, "was read from the page request queue");
        }
    }

    /// <summary>Reports the groups without a response.</summary>
    public void FindMissing()
    {
        foreach (((RequesterId requester, int group), Request request) in _unanswered)
        {
            reporter.Report(
                FindingKind.MissingResponse, requester, request.Prefix, (ulong)group, isHarmful: true,
                $"group {group} of {requester} got no response", $"The last request of the group was for 0x{request.Address:X}");
        }
    }

    private void Arrived(in UnitEvent raised)
    {
        int life = _arriving is { } sent && sent.Requester == raised.Requester
            ? sent.Life
            : lives.NumberOf(raised.Requester, raised.Prefix.Pasid);
        _arriving = null;
        Request request = new(raised.Requester, raised.Prefix, raised.First, life);
        _inUnit.Enqueue(request);
        if (raised.Second >> 16 != 0)
            AddUnanswered((raised.Requester, (int)(raised.Second & 0xFFFF)), request);
    }

    private void AddUnanswered((RequesterId Requester, int Group) key, in Request request)
    {
        _unanswered[key] = request;
        _abandoned.Remove(key);
    }

    private void Answered(in UnitEvent raised)
    {
        int group = (int)raised.First;
        if (_unanswered.Remove((raised.Requester, group), out Request request))
        {
            CheckLife(request, "got its response");
            return;
        }

        if (_abandoned.Remove((raised.Requester, group)))
            return;
        reporter.Report(
            FindingKind.DuplicateResponse, raised.Requester, raised.Prefix, raised.First, isHarmful: true,
            $"group {group} of {raised.Requester} got a response with code {raised.Second}", "The group was not outstanding");
    }

    private void CheckLife(in Request request, string action)
    {
        if (!request.Prefix.IsPresent)
            return;
        int now = lives.NumberOf(request.Requester, request.Prefix.Pasid);
        if (now == request.Life || !lives.IsAlive(request.Requester, request.Prefix.Pasid))
            return;
        reporter.Report(
            FindingKind.ReusedBeforeDrain, request.Requester, request.Prefix, request.Address, isHarmful: true,
            $"a page request of {request.Requester} for 0x{request.Address:X}, {request.Prefix}, {action} after the PASID was assigned to another address space",
            "The PASID was not drained: the PASID entry became present again while the request was outstanding");
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Request(RequesterId Requester, PasidPrefix Prefix, ulong Address, int Life);
}
