using System.Diagnostics;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A trace of a run as a Chrome trace-event file (a JSON array), for Perfetto and chrome://tracing. It has the steps of each party, the operations of drivers, the events of
/// units, the messages of devices, the time of each message on its link, and the flows from requests to completions and responses. The same seed gives the same file.
/// </summary>
/// <remarks>
/// Times are virtual. The events of one step are in their order, 10 ns apart. The trace does not change the run. Not thread-safe.
/// An operation is an <see cref="Activity"/> of any <see cref="ActivitySource"/> that starts in a step of the machine. Those of <c>IoAsid.Typed.Iommu</c> are bind, unbind, unmap,
/// drain and others. A driver adds its own operations by a source of its own.
/// </remarks>
public sealed class ChromeTrace : IStepObserver, IFabricObserver, IDisposable
{
    private readonly SeededScheduler _scheduler;
    private readonly TraceWriter _writer;
    private readonly TraceTracks _tracks;
    private readonly TraceFlows _flows;
    private readonly MessageFlows _messageFlows;
    private readonly OperationLanes _operations;
    private readonly HashSet<long> _onLinks = [];
    private readonly List<IDisposable> _subscriptions = [];
    private long _stepStart = -1;
    private bool _isDisposed;

    internal ChromeTrace(Stream stream, SeededScheduler scheduler)
    {
        _scheduler = scheduler;
        _writer = new TraceWriter(stream);
        _tracks = new TraceTracks(_writer);
        _flows = new TraceFlows(_writer);
        _messageFlows = new MessageFlows(_flows);
        _operations = new OperationLanes(_writer, _tracks);
        _subscriptions.Add(scheduler.Observe(this));
        _subscriptions.Add(Listen());
    }

    /// <summary>Starts a trace of a machine with its fabric and its units.</summary>
    /// <param name="stream">The stream that receives the file. It stays open.</param>
    /// <param name="machine">The machine.</param>
    /// <returns>The trace. Its disposal completes the file.</returns>
    public static ChromeTrace Of(Stream stream, EmulatedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(machine);
        ChromeTrace trace = new(stream, machine.Scheduler);
        trace.Watch(machine.Fabric);
        foreach (VtdUnit unit in machine.Units.Select(unit => unit.Unit).OfType<VtdUnit>())
            trace.Watch(unit);
        return trace;
    }

    /// <summary>Adds a mark with a text across all tracks, at the current virtual time.</summary>
    /// <param name="text">The text.</param>
    public void Mark(string text) => _writer.Mark(_tracks.Of(Party.Processor), text, Now);

    /// <summary>Completes the file.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (IDisposable subscription in _subscriptions)
            subscription.Dispose();
        _writer.Dispose();
    }

    /// <summary>Traces the messages of a fabric.</summary>
    internal void Watch(Fabric fabric) => _subscriptions.Add(fabric.Observe(this));

    /// <summary>Traces the events of a unit.</summary>
    internal void Watch(VtdUnit unit) => _subscriptions.Add(unit.Observe(new UnitTrace(this, unit)));

    void IStepObserver.OnStep(in StepRecord step)
    {
        _stepStart = _scheduler.Now;
        _writer.Step(_tracks.Of(step.Party), step.Name, _stepStart, _scheduler.StepNanoseconds);
    }

    void IFabricObserver.Sent(in FabricMessage message)
    {
        TraceTrack track = TrackOf(message, atSender: true);
        long time = _writer.Event(track, $"send {message.Name}", message.ToString(), Now);
        _onLinks.Add(message.Number);
        _writer.Span("b", track, message.Name, message.Number, time);
        _messageFlows.Sent(message, track, time);
    }

    void IFabricObserver.Arriving(in FabricMessage message)
    {
        TraceTrack track = TrackOf(message, atSender: false);
        long time = _writer.Event(track, message.Name, message.ToString(), Now);
        Leave(message, time);
        _messageFlows.Arrived(message, track, time);
    }

    void IFabricObserver.Dropped(in FabricMessage message, CompletionStatus status) =>
        _writer.Event(TrackOf(message, atSender: false), $"dropped {message.Name}", $"{status}: {message}", Now);

    void IFabricObserver.Lost(in FabricMessage message) =>
        Leave(message, _writer.Event(TrackOf(message, atSender: true), $"lost {message.Name}", message.ToString(), Now));

    // The sources belong to the process. Operations of other machines, on other threads, are not of this trace.
    private ActivityListener Listen()
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => _scheduler.IsRunningHere ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStarted = operation =>
            {
                if (_scheduler.IsRunningHere)
                    _operations.Begin(operation, Now);
            },
            ActivityStopped = operation =>
            {
                if (_scheduler.IsRunningHere)
                    _operations.End(operation, Now);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    // Inside a step the clock shows the end of the step.
    private long Now => _stepStart >= 0 && _scheduler.Now == _stepStart + _scheduler.StepNanoseconds ? _stepStart : _scheduler.Now;

    private void Leave(in FabricMessage message, long time)
    {
        if (_onLinks.Remove(message.Number))
            _writer.Span("e", TrackOf(message, atSender: true), message.Name, message.Number, time);
    }

    private TraceTrack TrackOf(in FabricMessage message, bool atSender)
    {
        if (message.Kind == FabricMessageKind.Interrupt)
            return _tracks.Interrupts;
        return message.IsUpstream == atSender ? _tracks.OfDevice(message.Function) : _tracks.AtUnit(message.Function);
    }

    private sealed class UnitTrace(ChromeTrace trace, VtdUnit unit) : IUnitObserver
    {
        public void Raised(in UnitEvent raised)
        {
            TraceTrack track = trace._tracks.OfUnit(unit.Name);
            long time = trace._writer.Event(track, UnitEventText.Name(raised), UnitEventText.Details(raised), trace.Now);
            if (raised.Kind is UnitEventKind.ResponseSent or UnitEventKind.AutomaticResponse)
                trace._flows.Pass(MessageFlows.PageRequest, raised.Requester, (int)raised.First, track, time);
        }
    }
}
