using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A unit whose tables are a dictionary of pages by PASID, for tests of devices and of the fabric. It records all requests and messages.
/// </summary>
internal sealed class FlatUnit(UnitContext context) : IEmulatedUnit, IRegisterBlock
{
    private const ulong PageMask = 0xFFF;

    private readonly Dictionary<(Pasid? Space, ulong Page), Page> _pages = [];

    public IDownstreamPort Downstream => context.Downstream;

    public List<PageRequestMessage> PageRequests { get; } = [];

    public List<uint> Completions { get; } = [];

    public List<DmaRequest> Requests { get; } = [];

    public List<TranslationRequest> TranslationRequests { get; } = [];

    /// <summary>The handler of page requests, or null. Without a handler, no request gets a response.</summary>
    public Action<PageRequestMessage>? OnPageRequest { get; set; }

    public Action<uint>? OnCompletion { get; set; }

    public bool RefusesTranslations { get; set; }

    public bool IsGlobal { get; set; }

    public IRegisterBlock Registers => this;

    public static MachineUnit Named(string name) => new(name, UnitFixture.Options) { StandIn = context => new FlatUnit(context) };

    public void Map(Pasid? pasid, ulong address, ulong target, bool write = true) =>
        _pages[(pasid, address & ~PageMask)] = new Page(target, write);

    public void Unmap(Pasid? pasid, ulong address) => _pages.Remove((pasid, address & ~PageMask));

    public CompletionStatus Read(in DmaRequest request, Span<byte> data)
    {
        Requests.Add(request);
        return TryLocate(request, write: false, out ulong physical) && context.Memory.TryRead(physical, data)
            ? CompletionStatus.Success
            : CompletionStatus.UnsupportedRequest;
    }

    public CompletionStatus Write(in DmaRequest request, ReadOnlySpan<byte> data)
    {
        if (request.Address >> 20 == 0xFEE && !request.Prefix.IsPresent)
        {
            context.Downstream.Send(new InterruptMessage(request.Address, BitConverter.ToUInt32(data)));
            return CompletionStatus.Success;
        }

        Requests.Add(request);
        return TryLocate(request, write: true, out ulong physical) && context.Memory.TryWrite(physical, data)
            ? CompletionStatus.Success
            : CompletionStatus.UnsupportedRequest;
    }

    public CompletionStatus Atomic(
        in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous)
    {
        Requests.Add(request);
        previous = 0;
        return TryLocate(request, write: true, out ulong physical)
            && context.Memory.TryReadUInt64(physical, out previous) && context.Memory.TryWriteUInt64(physical, previous + operand)
                ? CompletionStatus.Success
                : CompletionStatus.UnsupportedRequest;
    }

    public CompletionStatus Translate(in TranslationRequest request, Span<TranslationEntry> entries, out int count)
    {
        TranslationRequests.Add(request);
        count = 0;
        if (RefusesTranslations)
            return CompletionStatus.UnsupportedRequest;
        foreach (ref TranslationEntry entry in entries)
        {
            ulong address = request.Address + ((ulong)count << 12);
            bool there = _pages.TryGetValue((SpaceOf(request.Prefix), address), out Page page);
            if (!there && count > 0)
                break;
            entry = new TranslationEntry(page.Target, 12, Read: there, Write: page.Write, Global: IsGlobal);
            count++;
        }

        return CompletionStatus.Success;
    }

    public void Receive(in PageRequestMessage message)
    {
        PageRequests.Add(message);
        OnPageRequest?.Invoke(message);
    }

    public void Receive(in InvalidateCompletionMessage message)
    {
        Completions.Add(message.Tags);
        OnCompletion?.Invoke(message.Tags);
    }

    public uint Read32(uint offset) => 0;

    public ulong Read64(uint offset) => 0;

    public void Write32(uint offset, uint value)
    {
    }

    public void Write64(uint offset, ulong value)
    {
    }

    private static Pasid? SpaceOf(PasidPrefix prefix) => prefix.IsPresent ? prefix.Pasid : null;

    private bool TryLocate(in DmaRequest request, bool write, out ulong physical)
    {
        physical = request.Address;
        if (request.IsTranslated)
            return true;
        bool there = _pages.TryGetValue((SpaceOf(request.Prefix), request.Address & ~PageMask), out Page page);
        if (!there || write && !page.Write)
            return false;
        physical = page.Target | request.Address & PageMask;
        return true;
    }

    private readonly record struct Page(ulong Target, bool Write);
}
