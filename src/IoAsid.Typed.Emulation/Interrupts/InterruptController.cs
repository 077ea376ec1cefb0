using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Where interrupt messages arrive. Each vector is a pair of address (which processor) and data (which of its vectors), so that
/// there are more than one processor has room for. A handler runs as a step of the processor; messages that arrive before it does
/// are one interrupt.
/// </summary>
internal sealed class InterruptController : IInterruptController
{
    private const ulong Base = 0xFEE0_0000;
    private const int FirstVector = 32;
    private const int VectorsPerProcessor = 256 - FirstVector;
    private const int Processors = 255;
    private const int ProcessorShift = 12;

    private readonly SeededScheduler _scheduler;
    private readonly Dictionary<InterruptMessage, Vector> _vectors = [];
    private int _next;

    /// <summary>A controller without vectors.</summary>
    /// <param name="scheduler">Runs the handlers.</param>
    public InterruptController(SeededScheduler scheduler) => _scheduler = scheduler;

    /// <summary>How many messages led to a handler's step.</summary>
    public long Delivered { get; private set; }

    /// <summary>How many messages arrived while the same interrupt was still waiting for its handler.</summary>
    public long Coalesced { get; private set; }

    /// <summary>How many messages no vector was given out for, or no longer.</summary>
    public long Dropped { get; private set; }

    /// <inheritdoc/>
    public IInterruptVector Allocate(string name, Action handler)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        Vector vector = new(this, FreeMessage(), name, handler);
        _vectors.Add(vector.Message, vector);
        return vector;
    }

    /// <summary>A message has arrived.</summary>
    /// <param name="message">The message.</param>
    public void Deliver(in InterruptMessage message)
    {
        if (!_vectors.TryGetValue(message, out Vector? vector))
            Dropped++;
        else if (vector.IsPending)
            Coalesced++;
        else
            Post(vector);
    }

    private void Post(Vector vector)
    {
        vector.IsPending = true;
        Delivered++;
        _scheduler.Enqueue(Party.Processor, Vector.RunHandler, vector, vector.Name);
    }

    // In turn, so that a late message for a vector that was given back does not meet its next owner.
    private InterruptMessage FreeMessage()
    {
        for (int tried = 0; tried < Processors * VectorsPerProcessor; tried++)
        {
            InterruptMessage message = MessageOf(_next);
            _next = (_next + 1) % (Processors * VectorsPerProcessor);
            if (!_vectors.ContainsKey(message))
                return message;
        }

        throw new InvalidOperationException("All interrupt vectors are given out. Dispose those that are no longer used.");
    }

    private static InterruptMessage MessageOf(int index) =>
        new(Base | (ulong)(index / VectorsPerProcessor) << ProcessorShift, (uint)(FirstVector + index % VectorsPerProcessor));

    private void Drop(Vector vector)
    {
        if (_vectors.Remove(vector.Message) && vector.IsPending)
            Dropped++;
    }

    private sealed class Vector(InterruptController controller, InterruptMessage message, string name, Action handler)
        : IInterruptVector
    {
        public static readonly Action<object?> RunHandler = static vector => ((Vector)vector!).Run();

        private bool _isDisposed;

        public InterruptMessage Message => message;

        public string Name => name;

        public bool IsPending { get; set; }

        public void Dispose()
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            controller.Drop(this);
        }

        private void Run()
        {
            IsPending = false;
            if (!_isDisposed)
                handler();
        }
    }
}
