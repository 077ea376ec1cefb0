using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A unit that records requests in the order of arrival. It does not translate addresses.</summary>
internal sealed class RecordingAgent(IPhysicalMemory memory) : ITranslationAgent
{
    public List<string> Arrived { get; } = [];

    /// <summary>A further action on each write.</summary>
    public Action? OnWrite { get; set; }

    public CompletionStatus Read(in DmaRequest request, Span<byte> data)
    {
        Arrived.Add($"read {request.Address:X}");
        return Of(memory.TryRead(request.Address, data));
    }

    public CompletionStatus Write(in DmaRequest request, ReadOnlySpan<byte> data)
    {
        Arrived.Add($"write {request.Address:X}");
        OnWrite?.Invoke();
        return Of(memory.TryWrite(request.Address, data));
    }

    public CompletionStatus Atomic(
        in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous)
    {
        Arrived.Add($"atomic {request.Address:X}");
        bool there = memory.TryReadUInt64(request.Address, out previous);
        return Of(there && memory.TryWriteUInt64(request.Address, previous + operand));
    }

    public CompletionStatus Translate(in TranslationRequest request, Span<TranslationEntry> entries, out int count)
    {
        Arrived.Add($"translate {request.Address:X}");
        count = 1;
        entries[0] = new TranslationEntry(request.Address + 0x10_0000, 12, Read: true, Write: true);
        return CompletionStatus.Success;
    }

    public void Receive(in PageRequestMessage message) => Arrived.Add($"page {message.Address:X}");

    public void Receive(in InvalidateCompletionMessage message) => Arrived.Add($"completion {message.Tags:X}");

    private static CompletionStatus Of(bool there) => there ? CompletionStatus.Success : CompletionStatus.UnsupportedRequest;
}
