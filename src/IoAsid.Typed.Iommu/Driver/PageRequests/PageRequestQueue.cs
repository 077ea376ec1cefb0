using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The software side of a unit's page request queue (VT-d 7.5, Linux 6.12 <c>prq_event_thread</c>). It reads requests in their order, and recovers from an
/// overflow.
/// </summary>
internal sealed class PageRequestQueue
{
    private readonly DriverRegisters _registers;
    private readonly IPhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly IPageRequestSink _sink;
    private readonly int _sizeOrder;
    private readonly ulong _ring;
    private readonly ulong _size;

    public PageRequestQueue(DriverRegisters registers, IPlatform platform, FrameAllocator frames, int sizeOrder, IPageRequestSink sink)
    {
        _registers = registers;
        _memory = platform.Memory;
        _frames = frames;
        _sink = sink;
        _sizeOrder = sizeOrder;
        _ring = frames.AllocateContiguous(1 << sizeOrder);
        _size = (ulong)AddressRange.PageSize << sizeOrder;
    }

    /// <summary>The number of overflows.</summary>
    public long Overflows { get; private set; }

    /// <summary>Writes the address and the size of the ring into the unit's registers.</summary>
    public void WriteRegisters()
    {
        _registers.Write(RegisterOffsets.PageRequestQueueHead, default(PageRequestQueueHeadRegister));
        _registers.Write(RegisterOffsets.PageRequestQueueTail, default(PageRequestQueueTailRegister));
        _registers.Write(
            RegisterOffsets.PageRequestQueueAddress, new PageRequestQueueAddressRegister { Queue = _ring, QueueSize = (byte)_sizeOrder });
    }

    /// <summary>
    /// Reads all requests in the ring. The pending bit is cleared before the tail is read, so a request that arrives during the call is read too, or raises
    /// another interrupt.
    /// </summary>
    /// <returns>true if the ring had overflowed; otherwise, false.</returns>
    public bool Read()
    {
        _registers.Write(RegisterOffsets.PageRequestStatus, new PageRequestStatusRegister { PendingPageRequest = true });
        ReadAll();
        return Recover();
    }

    /// <summary>Frees the memory. Translation must be disabled.</summary>
    public void Free() => _frames.Free(_ring, 1 << _sizeOrder);

    private void ReadAll()
    {
        ulong head = _registers.Read<PageRequestQueueHeadRegister>(RegisterOffsets.PageRequestQueueHead).Head;
        for (ulong tail = ReadTail(); head != tail; tail = ReadTail())
        {
            for (; head != tail; head = (head + PageRequestDescriptor.SizeInBytes) & _size - 1)
                _sink.Receive(ReadAt(head));
            _registers.Write(RegisterOffsets.PageRequestQueueHead, new PageRequestQueueHeadRegister { Head = head });
        }
    }

    private bool Recover()
    {
        if (!_registers.Read<PageRequestStatusRegister>(RegisterOffsets.PageRequestStatus).PageRequestOverflow)
            return false;
        Overflows++;
        // The unit adds no request until the overflow bit is cleared. All requests in the ring are older than the lost ones.
        ReadAll();
        _sink.DiscardIncomplete();
        _registers.Write(RegisterOffsets.PageRequestStatus, new PageRequestStatusRegister { PageRequestOverflow = true });
        return true;
    }

    private ulong ReadTail() => _registers.Read<PageRequestQueueTailRegister>(RegisterOffsets.PageRequestQueueTail).Tail;

    private PageRequestDescriptor ReadAt(ulong offset)
    {
        ulong address = _ring + offset;
        return new PageRequestDescriptor(new Bits256(_memory.ReadUInt64(address), _memory.ReadUInt64(address + sizeof(ulong))));
    }
}
