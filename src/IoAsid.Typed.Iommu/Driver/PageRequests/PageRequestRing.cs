using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The software end of a unit's page request queue (VT-d 7.5, Linux prq_event_thread): takes requests out in order, and recovers from an overflow.
/// </summary>
internal sealed class PageRequestRing
{
    private readonly UnitRegisters _registers;
    private readonly IPhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly IPageRequestSink _sink;
    private readonly int _sizeOrder;
    private readonly ulong _ring;
    private readonly ulong _size;

    public PageRequestRing(UnitRegisters registers, IPlatform platform, FrameAllocator frames, int sizeOrder, IPageRequestSink sink)
    {
        _registers = registers;
        _memory = platform.Memory;
        _frames = frames;
        _sink = sink;
        _sizeOrder = sizeOrder;
        _ring = frames.AllocateContiguous(1 << sizeOrder);
        _size = (ulong)AddressRange.PageSize << sizeOrder;
    }

    /// <summary>How many overflows there were.</summary>
    public long Overflows { get; private set; }

    /// <summary>Has the unit use the ring.</summary>
    public void Place()
    {
        _registers.Write(RegisterOffsets.PageRequestQueueHead, default(PageRequestQueueHeadRegister));
        _registers.Write(RegisterOffsets.PageRequestQueueTail, default(PageRequestQueueTailRegister));
        _registers.Write(
            RegisterOffsets.PageRequestQueueAddress, new PageRequestQueueAddressRegister { Queue = _ring, QueueSize = (byte)_sizeOrder });
    }

    /// <summary>
    /// Takes out everything that is in the ring. Requests that come meanwhile are taken, too, or announced by another interrupt: the pending bit is
    /// cleared before the tail is read.
    /// </summary>
    /// <returns>Whether requests had been lost.</returns>
    public bool Read()
    {
        _registers.Write(RegisterOffsets.PageRequestStatus, new PageRequestStatusRegister { PendingPageRequest = true });
        TakeAll();
        return Recover();
    }

    /// <summary>Gives the memory back. Only when nothing is translated any more.</summary>
    public void Free() => _frames.Free(_ring, 1 << _sizeOrder);

    private void TakeAll()
    {
        ulong head = _registers.Read<PageRequestQueueHeadRegister>(RegisterOffsets.PageRequestQueueHead).Head;
        for (ulong tail = ReadTail(); head != tail; tail = ReadTail())
        {
            for (; head != tail; head = (head + PageRequestDescriptor.SizeInBytes) % _size)
                _sink.Receive(ReadAt(head));
            _registers.Write(RegisterOffsets.PageRequestQueueHead, new PageRequestQueueHeadRegister { Head = head });
        }
    }

    private bool Recover()
    {
        if (!_registers.Read<PageRequestStatusRegister>(RegisterOffsets.PageRequestStatus).PageRequestOverflow)
            return false;
        Overflows++;
        // Nothing comes in until the bit is cleared. What came before it was set is older than what was lost.
        TakeAll();
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
