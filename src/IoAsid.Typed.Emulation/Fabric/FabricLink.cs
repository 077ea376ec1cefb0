namespace IoAsid.Typed.Emulation;

/// <summary>
/// One direction of a link, with the ordering rules of PCIe (2.4.1). Posted messages arrive in the order in which they were sent. Non-posted requests and
/// completions arrive in any order among themselves, and after the posted messages that were sent before them. A posted message may pass them. A step of
/// hardware delivers one message. The seed decides which of the allowed messages arrives, and after which delay.
/// </summary>
internal sealed class FabricLink(Fabric fabric, string name, ILinkEnd end)
{
    private const int MessagesPerDelay = 8;
    private const int MaxDelayShift = 5;

    private static readonly Action<object?> PumpLink = static link => ((FabricLink)link!).Pump();

    private readonly PickQueue<InFlight> _posted = new();
    private readonly PickQueue<InFlight> _others = new();
    private readonly PickQueue<InFlight> _behindPosted = new();
    private long _postedSent;
    private long _postedArrived;
    private int _delay;
    private bool _isPumping;

    private int Count => _posted.Count + _others.Count + _behindPosted.Count;

    public void Send(InFlight sent)
    {
        sent.PostedBefore = _postedSent;
        if (sent.Message.IsPosted)
        {
            _posted.Add(sent);
            _postedSent++;
        }
        else
        {
            (_posted.Count == 0 ? _others : _behindPosted).Add(sent);
        }

        if (_isPumping)
            return;
        _isPumping = true;
        PumpLater();
    }

    /// <summary>Delivers all posted messages now. A read has this effect, because it does not pass posted messages (PCIe 2.4.1).</summary>
    public void DeliverPosted()
    {
        for (int count = _posted.Count; count > 0; count--)
            DeliverFirstPosted();
    }

    private void Pump()
    {
        if (_delay > 0)
        {
            _delay--;
            fabric.Scheduler.Enqueue(Party.Hardware, PumpLink, this, name);
            return;
        }

        if (Count != 0)
            DeliverOne();
        _isPumping = Count != 0;
        if (_isPumping)
            PumpLater();
    }

    private void PumpLater()
    {
        SeededScheduler scheduler = fabric.Scheduler;
        if (!scheduler.IsFifo && scheduler.Random.OneIn(MessagesPerDelay))
            _delay = 1 << scheduler.Random.Below(MaxDelayShift + 1);
        scheduler.Enqueue(Party.Hardware, PumpLink, this, name);
    }

    private void DeliverOne()
    {
        if (fabric.Scheduler.IsFifo)
            DeliverOldest();
        else
            DeliverAny();
    }

    private void DeliverOldest()
    {
        if (_others.Count == 0 || _posted.Count != 0 && _posted.First.Message.Number < _others.First.Message.Number)
            DeliverFirstPosted();
        else
            Deliver(_others.RemoveAt(0));
    }

    private void DeliverAny()
    {
        int choices = _others.Count + (_posted.Count == 0 ? 0 : 1);
        int choice = fabric.Scheduler.Random.Below(choices);
        if (choice == _others.Count)
            DeliverFirstPosted();
        else
            Deliver(_others.RemoveAt(choice));
    }

    private void DeliverFirstPosted()
    {
        InFlight first = _posted.RemoveAt(0);
        _postedArrived++;
        while (_behindPosted.Count != 0 && _behindPosted.First.PostedBefore <= _postedArrived)
            _others.Add(_behindPosted.RemoveAt(0));
        Deliver(first);
    }

    private void Deliver(InFlight arriving)
    {
        fabric.NotifyArriving(arriving.Message);
        end.Receive(arriving.Message, arriving.Payload);
        fabric.End(arriving);
    }
}
