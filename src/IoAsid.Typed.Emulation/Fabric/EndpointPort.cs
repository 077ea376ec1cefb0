using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The port of a function on the fabric. The function sends messages through it, and processors access the function through it.</summary>
internal sealed class EndpointPort
{
    private readonly Fabric _fabric;
    private readonly UnitPort _unit;

    internal EndpointPort(Fabric fabric, UnitPort unit, IEndpoint endpoint)
    {
        _fabric = fabric;
        _unit = unit;
        Endpoint = endpoint;
        Up = new FabricLink(fabric, $"{endpoint.RequesterId} upstream", new UpstreamEnd(fabric, unit));
        Down = new FabricLink(fabric, $"{endpoint.RequesterId} downstream", new DownstreamEnd(fabric, this, endpoint));
        Registers = new LinkedRegisters(this);
        Portals = [.. Enumerable.Range(0, endpoint.PortalCount).Select(portal => new LinkedPortal(this, portal))];
    }

    /// <summary>Gets a value indicating whether the function is attached.</summary>
    public bool IsAttached { get; private set; } = true;

    /// <summary>The registers of the function, behind the link. Writes are posted. A read delivers earlier posted messages of both directions first.</summary>
    public IRegisterBlock Registers { get; }

    /// <summary>The portals of the function, behind the link.</summary>
    public IReadOnlyList<ICommandPortal> Portals { get; }

    internal FabricLink Up { get; }

    internal FabricLink Down { get; }

    internal IEndpoint Endpoint { get; }

    /// <summary>Detaches the function. Later messages to the function are lost. Messages that it has sent still arrive.</summary>
    public void Detach()
    {
        if (!IsAttached)
            return;
        IsAttached = false;
        _unit.Remove(Endpoint);
    }

    /// <summary>Posts a memory write.</summary>
    /// <param name="request">The request.</param>
    /// <param name="data">The bytes. The call copies them.</param>
    public void Write(in DmaRequest request, ReadOnlySpan<byte> data)
    {
        if (IsAttached)
            SendUp(Memory(FabricMessageKind.MemoryWrite, request) with { Length = data.Length }, Copy(data));
    }

    /// <summary>Sends a memory read. <see cref="IEndpoint.CompleteRead"/> receives the completion.</summary>
    /// <param name="tag">The tag, unique among the outstanding requests of the function.</param>
    /// <param name="request">The request.</param>
    /// <param name="length">The number of bytes; 0 with <see cref="DmaAccess.ZeroLengthRead"/>.</param>
    public void Read(int tag, in DmaRequest request, int length) =>
        SendUp(Memory(FabricMessageKind.MemoryRead, request) with { Tag = tag, Length = length });

    /// <summary>Sends an AtomicOp. <see cref="IEndpoint.CompleteAtomic"/> receives the completion.</summary>
    /// <param name="tag">The tag, unique among the outstanding requests of the function.</param>
    /// <param name="request">The request.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="size">The size of the operand: 4 or 8 bytes.</param>
    /// <param name="operand">The value to add or write.</param>
    /// <param name="comparand">The value that <see cref="AtomicOperation.CompareAndSwap"/> expects.</param>
    public void Atomic(int tag, in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand) =>
        SendUp(Memory(FabricMessageKind.Atomic, request) with
        {
            Tag = tag,
            Length = size,
            Operation = operation,
            Value = operand,
            Comparand = comparand,
        });

    /// <summary>Sends a translation request. <see cref="IEndpoint.CompleteTranslation"/> receives the completion.</summary>
    /// <param name="tag">The tag, unique among the outstanding requests of the function.</param>
    /// <param name="request">The request.</param>
    public void Translate(int tag, in TranslationRequest request) =>
        SendUp(new FabricMessage
        {
            Kind = FabricMessageKind.TranslationRequest,
            Function = request.Requester,
            Tag = tag,
            Address = request.Address,
            Length = request.Pages,
            Write = !request.NoWrite,
            Prefix = request.Prefix,
        });

    /// <summary>Posts a page request.</summary>
    /// <param name="message">The message.</param>
    public void Send(in PageRequestMessage message) =>
        SendUp(new FabricMessage
        {
            Kind = FabricMessageKind.PageRequest,
            Function = message.Requester,
            Tag = message.GroupIndex,
            Address = message.Address,
            Read = message.Read,
            Write = message.Write,
            IsLast = message.IsLast,
            Prefix = message.Prefix,
        });

    /// <summary>Posts the completion of invalidations.</summary>
    /// <param name="message">The message.</param>
    public void Send(in InvalidateCompletionMessage message) =>
        SendUp(new FabricMessage
        {
            Kind = FabricMessageKind.InvalidateCompletion,
            Function = message.Requester,
            Value = message.Tags,
        });

    /// <summary>
    /// Delivers all posted messages of both directions, like a processor's read of the function: a read and its completion do not pass posted messages
    /// (PCIe 2.4.1).
    /// </summary>
    internal void PushPosted()
    {
        Down.DeliverPosted();
        Up.DeliverPosted();
    }

    // A detached function sends nothing.
    private void SendUp(in FabricMessage message, byte[]? payload = null)
    {
        if (IsAttached)
            Up.Send(_fabric.Begin(message, payload));
    }

    private static FabricMessage Memory(FabricMessageKind kind, in DmaRequest request) => new()
    {
        Kind = kind,
        Function = request.Requester,
        Address = request.Address,
        Access = request.Access,
        Prefix = request.Prefix,
        IsTranslated = request.IsTranslated,
    };

    internal byte[] Copy(ReadOnlySpan<byte> data)
    {
        byte[] payload = _fabric.Payloads.Rent(data.Length);
        data.CopyTo(payload);
        return payload;
    }

    /// <summary>Posts a processor's write.</summary>
    internal void Post(FabricMessageKind kind, ulong address, int length, ulong value, byte[]? payload = null) =>
        _unit.SendDown(
            new FabricMessage { Kind = kind, Function = Endpoint.RequesterId, Address = address, Length = length, Value = value },
            payload);
}
