using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The place of a remapping unit on the fabric: what it sends by, and what endpoints are attached to.</summary>
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

    /// <summary>What the unit is called, for people.</summary>
    public string Name { get; }

    internal ITranslationAgent Agent =>
        _agent ?? throw new InvalidOperationException($"No unit is connected to \"{Name}\": call Connect before the machine runs.");

    /// <summary>Puts the unit in its place.</summary>
    /// <param name="agent">The unit.</param>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public void Connect(ITranslationAgent agent)
    {
        if (_agent is not null)
            throw new InvalidOperationException($"A unit is connected to the port \"{Name}\" already.");
        _agent = agent;
    }

    /// <summary>Attaches a function behind the unit.</summary>
    /// <param name="endpoint">The function.</param>
    /// <returns>What it sends by, and what processors reach it by.</returns>
    /// <exception cref="ArgumentException">Another one with its requester id is there.</exception>
    public EndpointPort Attach(IEndpoint endpoint)
    {
        EndpointPort port = new(_fabric, this, endpoint);
        if (!_endpoints.TryAdd(endpoint.RequesterId, port))
            throw new ArgumentException($"Behind \"{Name}\" there is a function {endpoint.RequesterId} already.", nameof(endpoint));
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
    public void Send(in InterruptMessage message) => _interrupts.Send(_fabric.Sent(new FabricMessage
    {
        Kind = FabricMessageKind.Interrupt,
        Address = message.Address,
        Value = message.Data,
    }));

    void ILinkEnd.Arrive(in FabricMessage message, byte[]? payload) => _fabric.Interrupts.Deliver(message.AsInterrupt);

    internal void Remove(IEndpoint endpoint) => _endpoints.Remove(endpoint.RequesterId);

    /// <summary>Sends a message to whoever has the requester id it names; it is lost when nobody has.</summary>
    internal void SendDown(in FabricMessage message, byte[]? payload = null)
    {
        FabricMessage sent = _fabric.Sent(message);
        if (_endpoints.TryGetValue(message.Function, out EndpointPort? port))
        {
            port.Down.Send(sent, payload);
            return;
        }

        if (payload is not null)
            _fabric.Payloads.Return(payload);
        _fabric.TellLost(sent);
    }
}
