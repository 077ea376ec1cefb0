using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The receiver of interrupt messages. A vector is a pair of address (the processor) and data (a vector of that processor), so there are more vectors than one
/// processor has. A handler runs as a step of the processor. Messages that arrive before the handler runs are coalesced into one interrupt.
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

    /// <summary>Creates a controller without allocated vectors.</summary>
    /// <param name="scheduler">The scheduler of the handlers.</param>
    public InterruptController(SeededScheduler scheduler) => _scheduler = scheduler;

    /// <summary>The number of messages that led to the step of a handler.</summary>
    public long Delivered { get; private set; }

    /// <summary>The number of messages that arrived while the step of the same vector's handler was queued.</summary>
    public long Coalesced { get; private set; }

    /// <summary>The number of messages without an allocated vector.</summary>
    public long Dropped { get; private set; }

    /// <inheritdoc/>
    public IInterruptVector Allocate(string name, Action handler)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        Vector vector = new(this, NextFreeMessage(), name, handler);
        _vectors.Add(vector.Message, vector);
        return vector;
    }

    /// <summary>Receives an interrupt message.</summary>
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

    // Vectors are allocated in turn, so that a late message to a freed vector does not reach the next owner of its number.
    private InterruptMessage NextFreeMessage()
    {
        for (int tried = 0; tried < Processors * VectorsPerProcessor; tried++)
        {
            InterruptMessage message = MessageOf(_next);
            _next = (_next + 1) % (Processors * VectorsPerProcessor);
            if (!_vectors.ContainsKey(message))
                return message;
        }

        throw new InvalidOperationException("All interrupt vectors are allocated. Dispose vectors that are no longer used.");
    }

    private static InterruptMessage MessageOf(int index) =>
        new(Base | (ulong)(index / VectorsPerProcessor) << ProcessorShift, (uint)(FirstVector + index % VectorsPerProcessor));

    private void Free(Vector vector)
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
            controller.Free(this);
        }

        private void Run()
        {
            IsPending = false;
            if (!_isDisposed)
                handler();
        }
    }
}
