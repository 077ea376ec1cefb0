using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>The receiver of an upstream link. It delivers requests to the unit and sends completions to the function.</summary>
internal sealed class UpstreamEnd(Fabric fabric, UnitPort unit) : ILinkEnd
{
    private const int MaxEntries = 8;

    public void Receive(in FabricMessage message, byte[]? payload)
    {
        switch (message.Kind)
        {
            case FabricMessageKind.MemoryWrite:
                Write(message, payload!);
                break;
            case FabricMessageKind.MemoryRead:
                Read(message);
                break;
            case FabricMessageKind.Atomic:
                Atomic(message);
                break;
            case FabricMessageKind.TranslationRequest:
                Translate(message);
                break;
            case FabricMessageKind.PageRequest:
                unit.Agent.Receive(message.AsPageRequest);
                break;
            case FabricMessageKind.InvalidateCompletion:
                unit.Agent.Receive(message.AsInvalidateCompletion);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Write(in FabricMessage message, byte[] payload)
    {
        CompletionStatus status = unit.Agent.Write(message.AsDmaRequest, payload.AsSpan(0, message.Length));
        fabric.Payloads.Return(payload);
        if (status != CompletionStatus.Success)
            fabric.NotifyDropped(message, status);
    }

    private void Read(in FabricMessage message)
    {
        byte[] payload = fabric.Payloads.Rent(message.Length);
        CompletionStatus status = unit.Agent.Read(message.AsDmaRequest, payload.AsSpan(0, message.Length));
        SendCompletion(message, FabricMessageKind.ReadCompletion, status, message.Length, value: 0, payload);
    }

    private void Atomic(in FabricMessage message)
    {
        CompletionStatus status = unit.Agent.Atomic(
            message.AsDmaRequest, message.Operation, message.Length, message.Value, message.Comparand, out ulong previous);
        SendCompletion(message, FabricMessageKind.AtomicCompletion, status, message.Length, previous, payload: null);
    }

    private void Translate(in FabricMessage message)
    {
        int room = Math.Clamp(message.Length, 0, MaxEntries);
        byte[] payload = fabric.Payloads.Rent(room * Unsafe.SizeOf<TranslationEntry>());
        Span<TranslationEntry> entries = MemoryMarshal.Cast<byte, TranslationEntry>(payload.AsSpan());
        CompletionStatus status = unit.Agent.Translate(message.AsTranslationRequest, entries[..room], out int count);
        SendCompletion(message, FabricMessageKind.TranslationCompletion, status, count, value: 0, payload);
    }

    private void SendCompletion(
        in FabricMessage request, FabricMessageKind kind, CompletionStatus status, int length, ulong value, byte[]? payload) =>
        unit.SendDown(
            new FabricMessage
            {
                Kind = kind,
                Function = request.Function,
                Tag = request.Tag,
                Status = status,
                Address = request.Address,
                Prefix = request.Prefix,
                Length = length,
                Value = value,
            },
            payload);
}
