using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A unit that completes each request and records nothing.</summary>
internal sealed class SilentUnit : ITranslationAgent
{
    public CompletionStatus Read(in DmaRequest request, Span<byte> data) => CompletionStatus.Success;

    public CompletionStatus Write(in DmaRequest request, ReadOnlySpan<byte> data) => CompletionStatus.Success;

    public CompletionStatus Atomic(
        in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous)
    {
        previous = 0;
        return CompletionStatus.Success;
    }

    public CompletionStatus Translate(in TranslationRequest request, Span<TranslationEntry> entries, out int count)
    {
        count = entries.Length;
        return CompletionStatus.Success;
    }

    public void Receive(in PageRequestMessage message)
    {
    }

    public void Receive(in InvalidateCompletionMessage message)
    {
    }
}

/// <summary>A function that ignores all messages.</summary>
internal sealed class SilentEndpoint(RequesterId requesterId) : IEndpoint
{
    public RequesterId RequesterId => requesterId;

    public IRegisterBlock RegisterFile => throw new NotSupportedException("The function has no registers.");

    public int PortalCount => 0;

    public void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data)
    {
    }

    public void CompleteAtomic(int tag, CompletionStatus status, ulong previous)
    {
    }

    public void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries)
    {
    }

    public void Receive(in InvalidateRequestMessage message)
    {
    }

    public void Receive(in PageGroupResponseMessage message)
    {
    }

    public void AcceptPosted(int portal, ReadOnlySpan<byte> command)
    {
    }

    public bool TryAccept(int portal, ReadOnlySpan<byte> command) => false;
}
