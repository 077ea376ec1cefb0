using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A function as the fabric sees it. It ignores all messages during a reset.</summary>
internal sealed class FunctionEndpoint(EmulatedFunction function) : IEndpoint, IRegisterBlock
{
    public RequesterId RequesterId => function.RequesterId;

    public IRegisterBlock RegisterFile => this;

    public int PortalCount => function.PortalCount;

    /// <summary>The number of messages that the function ignored because no outstanding request matches: completions and responses, also those to requests before a reset.</summary>
    public long UnexpectedMessages { get; private set; }

    public uint Read32(uint offset) => function.IsResetting ? uint.MaxValue : function.RegisterFile.Read32(offset);

    public ulong Read64(uint offset) => function.IsResetting ? ulong.MaxValue : function.RegisterFile.Read64(offset);

    public void Write32(uint offset, uint value)
    {
        if (!function.IsResetting)
            function.RegisterFile.Write32(offset, value);
    }

    public void Write64(uint offset, ulong value)
    {
        if (!function.IsResetting)
            function.RegisterFile.Write64(offset, value);
    }

    public void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data)
    {
        if (!TryEnd(tag, out PendingRequest request))
            return;
        if (status == CompletionStatus.Success)
            data.CopyTo(request.Destination.Span);
        End(request, status);
    }

    public void CompleteAtomic(int tag, CompletionStatus status, ulong previous)
    {
        if (!TryEnd(tag, out PendingRequest request))
            return;
        request.Previous = previous;
        End(request, status);
    }

    public void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries)
    {
        if (!TryEnd(tag, out PendingRequest request))
            return;
        Keep(request, status == CompletionStatus.Success ? entries : []);
        End(request, status);
    }

    public void Receive(in InvalidateRequestMessage message)
    {
        if (function.IsResetting || function.EnabledAts is null)
            UnexpectedMessages++;
        else
            function.Invalidations!.Receive(message);
    }

    public void Receive(in PageGroupResponseMessage message)
    {
        if (function.IsResetting || function.PageRequester is not { } requester)
            UnexpectedMessages++;
        else
            requester.Receive(message);
    }

    public void AcceptPosted(int portal, ReadOnlySpan<byte> command)
    {
        if (!function.IsResetting)
            function.AcceptPosted(portal, command);
    }

    public bool TryAccept(int portal, ReadOnlySpan<byte> command) => !function.IsResetting && function.TryAccept(portal, command);

    private bool TryEnd(int tag, out PendingRequest request)
    {
        if (function.Requests.TryEnd(tag, out request))
            return true;
        UnexpectedMessages++;
        return false;
    }

    private void End(PendingRequest request, CompletionStatus status)
    {
        function.Invalidations?.CompleteFinished();
        request.Complete(status == CompletionStatus.Success ? RequestStatus.Success : RequestStatus.Refused);
    }

    private void Keep(PendingRequest request, ReadOnlySpan<TranslationEntry> entries)
    {
        request.Translation = entries.IsEmpty ? default : entries[0];
        if (request.IsInvalidated || function.EnabledAts is not { } ats)
            return;
        ulong address = request.Address;
        foreach (ref readonly TranslationEntry entry in entries)
        {
            if (entry.Read || entry.Write)
                ats.Tlb.Add(request.Prefix, address, entry);
            address = (address >> entry.PageShift) + 1 << entry.PageShift;
        }
    }
}
