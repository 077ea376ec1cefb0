using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>As much of a driver as a sample without an operating system needs: it switches the unit on, queues invalidations and takes page requests.</summary>
public sealed class UnitDriver(IRegisterBlock registers, TablePages pages, IScheduler scheduler)
{
    private const int DescriptorSize = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ulong _queue = pages.Take();
    private readonly ulong _ring = pages.Take();
    private readonly ulong _status = pages.Take();
    private GlobalCommandRegister _command;
    private ulong _tail;
    private uint _waits;

    /// <summary>Gives the unit its tables and rings, and switches translation on.</summary>
    public void Start(ulong root)
    {
        registers.Write64(
            RegisterOffsets.RootTableAddress, new RootTableAddressRegister { RootTable = root, TableMode = TranslationTableMode.Scalable }.Bits);
        Command(_command with { SetRootTablePointer = true });
        registers.Write64(RegisterOffsets.InvalidationQueueAddress, new InvalidationQueueAddressRegister { Queue = _queue, WideDescriptors = true }.Bits);
        registers.Write64(RegisterOffsets.PageRequestQueueAddress, new PageRequestQueueAddressRegister { Queue = _ring }.Bits);
        _command = _command with { QueuedInvalidationEnable = true };
        Command(_command);
        _command = _command with { TranslationEnable = true };
        Command(_command);
    }

    /// <summary>Queues descriptors and a wait behind them, and waits until the unit has written the wait's status.</summary>
    public async Task SubmitAsync(params IReadOnlyList<Bits256> descriptors)
    {
        foreach (Bits256 descriptor in descriptors)
            Append(descriptor);
        uint expected = ++_waits;
        Append(new InvalidationWait { StatusWrite = true, Fence = true, StatusAddress = _status, StatusData = expected }.Bits);
        registers.Write64(RegisterOffsets.InvalidationQueueTail, new InvalidationQueueTailRegister { Tail = _tail }.Bits);
        if (!await scheduler.WaitUntil(() => (uint)pages.Read(_status) == expected, Patience))
            throw new TimeoutException("The unit did not complete the wait descriptor.");
    }

    /// <summary>Waits for a page request and takes it out of the ring.</summary>
    public async Task<PageRequestDescriptor> TakePageRequestAsync()
    {
        ulong head = registers.Read64(RegisterOffsets.PageRequestQueueHead);
        if (!await scheduler.WaitUntil(() => registers.Read64(RegisterOffsets.PageRequestQueueTail) != head, Patience))
            throw new TimeoutException("No page request came.");
        Bits256 bits = new(pages.Read(_ring + head), pages.Read(_ring + head + 8), pages.Read(_ring + head + 16), pages.Read(_ring + head + 24));
        registers.Write64(RegisterOffsets.PageRequestQueueHead, (head + PageRequestDescriptor.SizeInBytes) % TranslationTables.TableSize);
        return new PageRequestDescriptor(bits);
    }

    /// <summary>Answers a page request that was the last one of its group.</summary>
    public Task RespondAsync(PageRequestDescriptor request, PageRequestResponseCode response) => SubmitAsync(new PageGroupResponse
    {
        PasidPresent = request.PasidPresent,
        Pasid = request.Pasid,
        RequesterId = request.RequesterId,
        GroupIndex = request.GroupIndex,
        ResponseCode = response,
    }.Bits);

    private void Command(GlobalCommandRegister command) => registers.Write32(RegisterOffsets.GlobalCommand, (uint)command.Bits.Value);

    private void Append(Bits256 descriptor)
    {
        pages.Write(_queue + _tail, descriptor);
        _tail = (_tail + DescriptorSize) % TranslationTables.TableSize;
    }
}
