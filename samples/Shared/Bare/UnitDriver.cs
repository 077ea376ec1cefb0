using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>The minimal driver of a unit without an operating system. It enables the unit, queues invalidations and reads page requests.</summary>
/// <param name="registers">The registers of the unit.</param>
/// <param name="pages">The allocator of the pages of the queues.</param>
/// <param name="scheduler">The scheduler of the machine.</param>
/// <param name="ringOrder">The size of the page request queue: 2^order pages.</param>
public sealed class UnitDriver(IRegisterBlock registers, TablePages pages, IScheduler scheduler, int ringOrder = 0)
{
    private const int DescriptorSize = 32;

    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(1);

    private readonly ulong _queue = pages.Allocate();
    private readonly ulong _ring = pages.Allocate((ulong)TranslationTables.TableSize << ringOrder);
    private readonly ulong _status = pages.Allocate();
    private GlobalCommandRegister _command;
    private ulong _tail;
    private uint _waits;

    /// <summary>Writes the addresses of tables and queues to the unit, and enables translation.</summary>
    public void Start(ulong root)
    {
        registers.Write64(
            RegisterOffsets.RootTableAddress, new RootTableAddressRegister { RootTable = root, TableMode = TranslationTableMode.Scalable }.Bits);
        Command(_command with { SetRootTablePointer = true });
        registers.Write64(RegisterOffsets.InvalidationQueueAddress, new InvalidationQueueAddressRegister { Queue = _queue, WideDescriptors = true }.Bits);
        registers.Write64(RegisterOffsets.PageRequestQueueAddress, new PageRequestQueueAddressRegister { Queue = _ring, QueueSize = (byte)ringOrder }.Bits);
        _command = _command with { QueuedInvalidationEnable = true };
        Command(_command);
        _command = _command with { TranslationEnable = true };
        Command(_command);
    }

    /// <summary>Submits descriptors with a wait descriptor behind them, and waits until the unit writes the status of the wait.</summary>
    public async Task SubmitAsync(params IReadOnlyList<Bits256> descriptors)
    {
        uint expected = ++_waits;
        Post([.. descriptors, new InvalidationWait { StatusWrite = true, Fence = true, StatusAddress = _status, StatusData = expected }.Bits]);
        if (!await scheduler.WaitUntil(() => (uint)pages.Read(_status) == expected, WaitTimeout))
            throw new TimeoutException("The unit did not complete the wait descriptor in time.");
    }

    /// <summary>Submits descriptors without a wait.</summary>
    public void Post(params ReadOnlySpan<Bits256> descriptors)
    {
        foreach (Bits256 descriptor in descriptors)
        {
            pages.Write(_queue + _tail, descriptor);
            _tail = (_tail + DescriptorSize) % TranslationTables.TableSize;
        }

        registers.Write64(RegisterOffsets.InvalidationQueueTail, new InvalidationQueueTailRegister { Tail = _tail }.Bits);
    }

    /// <summary>Waits for a page request and removes it from the queue.</summary>
    public async Task<PageRequestDescriptor> ReadPageRequestAsync()
    {
        PageRequestDescriptor request = default;
        if (!await scheduler.WaitUntil(HasPageRequest, WaitTimeout) || !TryReadPageRequest(out request))
            throw new TimeoutException("No page request arrived in time.");
        return request;
    }

    /// <summary>Tries to remove a page request from the queue.</summary>
    /// <param name="request">The request.</param>
    /// <returns>true if the queue had a request; otherwise, false.</returns>
    public bool TryReadPageRequest(out PageRequestDescriptor request)
    {
        request = default;
        if (!HasPageRequest())
            return false;
        ulong head = registers.Read64(RegisterOffsets.PageRequestQueueHead);
        Bits256 bits = new(pages.Read(_ring + head), pages.Read(_ring + head + 8), pages.Read(_ring + head + 16), pages.Read(_ring + head + 24));
        registers.Write64(RegisterOffsets.PageRequestQueueHead, (head + PageRequestDescriptor.SizeInBytes) % ((ulong)TranslationTables.TableSize << ringOrder));
        request = new PageRequestDescriptor(bits);
        return true;
    }

    /// <summary>Responds to the last page request of a group.</summary>
    public Task RespondAsync(PageRequestDescriptor request, PageResponse response) => SubmitAsync(new PageGroupResponse
    {
        PasidPresent = request.PasidPresent,
        Pasid = request.Pasid,
        RequesterId = request.RequesterId,
        GroupIndex = request.GroupIndex,
        ResponseCode = response,
    }.Bits);

    private bool HasPageRequest() => registers.Read64(RegisterOffsets.PageRequestQueueTail) != registers.Read64(RegisterOffsets.PageRequestQueueHead);

    private void Command(GlobalCommandRegister command) => registers.Write32(RegisterOffsets.GlobalCommand, (uint)command.Bits.Value);
}
