using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>The receiver of a downstream link. It delivers messages to the function, or reports them lost if the function is removed.</summary>
internal sealed class DownstreamEnd(Fabric fabric, EndpointPort port, IEndpoint endpoint) : ILinkEnd
{
    public void Receive(in FabricMessage message, byte[]? payload)
    {
        if (port.IsAttached)
            Dispatch(message, payload);
        else
            fabric.NotifyLost(message);
        if (payload is not null)
            fabric.Payloads.Return(payload);
    }

    private void Dispatch(in FabricMessage message, byte[]? payload)
    {
        switch (message.Kind)
        {
            case FabricMessageKind.ReadCompletion:
                endpoint.CompleteRead(message.Tag, message.Status, payload.AsSpan(0, message.Length));
                break;
            case FabricMessageKind.AtomicCompletion:
                endpoint.CompleteAtomic(message.Tag, message.Status, message.Value);
                break;
            case FabricMessageKind.TranslationCompletion:
                endpoint.CompleteTranslation(message.Tag, message.Status, Entries(message, payload));
                break;
            case FabricMessageKind.InvalidateRequest:
                endpoint.Receive(message.AsInvalidateRequest);
                break;
            case FabricMessageKind.PageGroupResponse:
                endpoint.Receive(message.AsPageGroupResponse);
                break;
            case FabricMessageKind.RegisterWrite when message.Length == sizeof(uint):
                endpoint.RegisterFile.Write32((uint)message.Address, (uint)message.Value);
                break;
            case FabricMessageKind.RegisterWrite:
                endpoint.RegisterFile.Write64((uint)message.Address, message.Value);
                break;
            case FabricMessageKind.CommandWrite:
                endpoint.AcceptPosted((int)message.Address, payload.AsSpan(0, message.Length));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static ReadOnlySpan<TranslationEntry> Entries(in FabricMessage message, byte[]? payload) =>
        MemoryMarshal.Cast<byte, TranslationEntry>(payload)[..message.Length];
}
