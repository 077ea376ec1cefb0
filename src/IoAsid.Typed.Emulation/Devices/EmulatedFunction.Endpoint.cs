using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

// What comes down the link.
public abstract partial class EmulatedFunction
{
    private void EndRequest(PendingRequest request, CompletionStatus status)
    {
        _invalidations?.CompleteThoseDone();
        request.End(status == CompletionStatus.Success ? RequestEnd.Success : RequestEnd.Refused);
    }

    private void Keep(PendingRequest request, ReadOnlySpan<TranslationEntry> entries)
    {
        request.Translation = entries.IsEmpty ? default : entries[0];
        if (request.IsSpoilt || EnabledAts is not { } ats)
            return;
        ulong address = request.Address;
        foreach (ref readonly TranslationEntry entry in entries)
        {
            if (entry.Read || entry.Write)
                ats.Tlb.Add(request.Prefix, address, entry);
            address = (address >> entry.PageShift) + 1 << entry.PageShift;
        }
    }

    /// <summary>The function as the fabric sees it. During a reset it takes nothing.</summary>
    private sealed class FunctionEndpoint(EmulatedFunction function) : IEndpoint, IRegisterBlock
    {
        public RequesterId RequesterId => function.RequesterId;

        public IRegisterBlock RegisterFile => this;

        public int PortalCount => function.PortalCount;

        public uint Read32(uint offset) => function._isResetting ? uint.MaxValue : function.RegisterFile.Read32(offset);

        public ulong Read64(uint offset) => function._isResetting ? ulong.MaxValue : function.RegisterFile.Read64(offset);

        public void Write32(uint offset, uint value)
        {
            if (!function._isResetting)
                function.RegisterFile.Write32(offset, value);
        }

        public void Write64(uint offset, ulong value)
        {
            if (!function._isResetting)
                function.RegisterFile.Write64(offset, value);
        }

        public void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data)
        {
            if (!TryEnd(tag, out PendingRequest request))
                return;
            if (status == CompletionStatus.Success)
                data.CopyTo(request.Destination.Span);
            function.EndRequest(request, status);
        }

        public void CompleteAtomic(int tag, CompletionStatus status, ulong previous)
        {
            if (!TryEnd(tag, out PendingRequest request))
                return;
            request.Previous = previous;
            function.EndRequest(request, status);
        }

        public void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries)
        {
            if (!TryEnd(tag, out PendingRequest request))
                return;
            function.Keep(request, status == CompletionStatus.Success ? entries : []);
            function.EndRequest(request, status);
        }

        public void Receive(in InvalidateRequestMessage message)
        {
            if (function._isResetting || function.EnabledAts is null)
                function.UnexpectedMessages++;
            else
                function._invalidations!.Receive(message);
        }

        public void Receive(in PageGroupResponseMessage message)
        {
            if (function._isResetting || function._pri is null)
                function.UnexpectedMessages++;
            else
                function._pri.Requester.Receive(message);
        }

        public void AcceptPosted(int portal, ReadOnlySpan<byte> command)
        {
            if (!function._isResetting)
                function.AcceptPosted(portal, command);
        }

        public bool TryAccept(int portal, ReadOnlySpan<byte> command) =>
            !function._isResetting && function.TryAccept(portal, command);

        private bool TryEnd(int tag, out PendingRequest request)
        {
            if (function.Requests.TryEnd(tag, out request))
                return true;
            function.UnexpectedMessages++;
            return false;
        }
    }
}
