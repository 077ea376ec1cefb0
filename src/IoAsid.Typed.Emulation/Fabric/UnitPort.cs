using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The port of a remapping unit on the fabric. The unit sends messages through it, and functions are attached to it.</summary>
internal sealed class UnitPort : IDownstreamPort, ILinkEnd
{
    private readonly Fabric _fabric;
    private readonly FabricLink _interrupts;
    private readonly Dictionary<RequesterId, EndpointPort> _endpoints = [];
    private ITranslationAgent? _agent;

    internal UnitPort(Fabric fabric, string name)
    {
        _fabric = fabric;
        Name = name;
        _interrupts = new FabricLink(fabric, $"{name} interrupts", this);
    }

    /// <summary>The display name of the unit.</summary>
    public string Name { get; }

    internal ITranslationAgent Agent =>
        _agent ?? throw new InvalidOperationException($"No unit is connected to the port \"{Name}\". Call Connect before the machine runs.");

    /// <summary>Connects the unit.</summary>
    /// <param name="agent">The unit.</param>
    /// <exception cref="InvalidOperationException">A unit is connected already. Nothing changed.</exception>
    public void Connect(ITranslationAgent agent)
    {
        if (_agent is not null)
            throw new InvalidOperationException($"A unit is already connected to the port \"{Name}\". Add another port.");
        _agent = agent;
    }

    /// <summary>Attaches a function behind the unit.</summary>
    /// <param name="endpoint">The function.</param>
    /// <returns>The port of the function.</returns>
    /// <exception cref="ArgumentException">Another function with the same requester id is attached. Nothing changed.</exception>
    public EndpointPort Attach(IEndpoint endpoint)
    {
        EndpointPort port = new(_fabric, this, endpoint);
        if (!_endpoints.TryAdd(endpoint.RequesterId, port))
            throw new ArgumentException($"A function {endpoint.RequesterId} is already attached to \"{Name}\". Choose another requester id.", nameof(endpoint));
        return port;
    }

    /// <inheritdoc/>
    public void Send(in InvalidateRequestMessage message) => SendDown(new FabricMessage
    {
        Kind = FabricMessageKind.InvalidateRequest,
        Function = message.Target,
        Tag = message.Tag,
        Address = message.AddressAndSize,
        Prefix = message.Prefix,
        AllPasids = message.AllPasids,
    });

    /// <inheritdoc/>
    public void Send(in PageGroupResponseMessage message) => SendDown(new FabricMessage
    {
        Kind = FabricMessageKind.PageGroupResponse,
        Function = message.Target,
        Tag = message.GroupIndex,
        Value = (uint)message.Code,
        Prefix = message.Prefix,
    });

    /// <inheritdoc/>
    public void Send(in InterruptMessage message) => _interrupts.Send(_fabric.Begin(new FabricMessage
    {
        Kind = FabricMessageKind.Interrupt,
        Address = message.Address,
        Value = message.Data,
    }));

    void ILinkEnd.Receive(in FabricMessage message, byte[]? payload) => _fabric.Interrupts.Deliver(message.AsInterrupt);

    internal void Remove(IEndpoint endpoint) => _endpoints.Remove(endpoint.RequesterId);

    /// <summary>Sends a message to the function with the message's requester id. The message is lost if no function has it.</summary>
    internal void SendDown(in FabricMessage message, byte[]? payload = null)
    {
        InFlight sent = _fabric.Begin(message, payload);
        if (_endpoints.TryGetValue(message.Function, out EndpointPort? port))
        {
            port.Down.Send(sent);
            return;
        }

        if (payload is not null)
            _fabric.Payloads.Return(payload);
        _fabric.NotifyLost(sent.Message);
        _fabric.End(sent);
    }
}
