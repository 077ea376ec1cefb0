using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A driver of a VT-d unit in scalable mode that uses numbers only. Offsets, bits and table formats are written out as in the specification, so that the tests
/// do not depend on the layouts of the library.
/// </summary>
internal sealed class RawDriver(EmulatedMachine machine, int unit, ulong tables)
{
    public const ulong Frames = 0x400_0000;

    private const ulong ReadWriteUser = 0x7;
    private const ulong PageWalkSnoop = 1 << 23;
    private const int QueueEntries = 128;
    private static readonly DomainId DomainId = new(9);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IPhysicalMemory _memory = machine.Memory;
    private readonly IRegisterBlock _registers = ((IPlatform)machine).Units[unit].Registers;
    private readonly ulong _root = tables;
    private readonly ulong _contexts = tables + 0x1000;
    private readonly ulong _directory = tables + 0x2000;
    private readonly ulong _pasids = tables + 0x3000;
    private readonly ulong _invalidations = tables + 0x4000;
    private readonly ulong _pageRequests = tables + 0x5000;
    private readonly ulong _status = tables + 0x6000;
    private readonly ulong _pageTables = tables + 0x10000;
    private ulong _nextTable = tables + 0x11000;
    private int _tail;

    /// <summary>Enables translation for a function, with PASIDs, device TLB and page requests.</summary>
    public async Task StartAsync(RequesterId function)
    {
        _memory.WriteUInt64(_root + function.Bus * 16UL, _contexts | 1);
        _memory.WriteUInt64(_contexts + function.DeviceFunction * 32UL, _directory | 0x1D);
        _memory.WriteUInt64(_directory, _pasids | 1);
        await SetAsync(0x20, _root | 1 << 10, command: 30);
        _registers.Write64(0x90, _invalidations | 1 << 11);
        await CommandAsync(26);
        _registers.Write64(0xD0, _pageRequests);
        await CommandAsync(31);
    }

    /// <summary>Sets the entry of a PASID below 64, with four-level first-stage tables.</summary>
    public void BindPasid(Pasid pasid)
    {
        ulong entry = _pasids + pasid.Value * 64UL;
        _memory.WriteUInt64(entry + 16, _pageTables);
        _memory.WriteUInt64(entry + 8, PageWalkSnoop | DomainId.Value);
        _memory.WriteUInt64(entry, 1 << 6 | 1);
    }

    public void Map(ulong address, ulong frame) => _memory.WriteUInt64(EntryOf(address, 12), frame | ReadWriteUser);

    /// <summary>Maps a page of 2 MiB.</summary>
    public void MapLarge(ulong address, ulong frame) => _memory.WriteUInt64(EntryOf(address, 21), frame | 1 << 7 | ReadWriteUser);

    public void Unmap(ulong address) => _memory.WriteUInt64(EntryOf(address, 12), 0);

    /// <summary>
    /// Invalidates a page of a PASID in all caches, and waits for the completion and for the drain of earlier page requests. Without
    /// <paramref name="deviceTlb"/> it makes the mistake of leaving out the device TLB.
    /// </summary>
    public async Task<bool> InvalidateAsync(RequesterId function, Pasid pasid, ulong address, bool deviceTlb = true)
    {
        Submit(0x6 | 3 << 4 | (ulong)DomainId.Value << 16 | (ulong)pasid.Value << 32, address);
        if (deviceTlb)
            Submit(0x8 | 8 << 4 | (ulong)function.Value << 16 | (ulong)pasid.Value << 32, address);
        _memory.WriteUInt32(_status, 0);
        Submit(0x5 | 1 << 5 | 1 << 7 | 1UL << 32, _status);
        return await machine.Scheduler.WaitUntil(() => machine.PhysicalMemory.ReadUInt32(_status) == 1, Patience);
    }

    /// <summary>Maps the pages of all requests in the page request queue, and responds to their groups.</summary>
    public void ServePageRequests(Func<ulong, ulong> frameOf)
    {
        _registers.Write32(0xDC, 1);
        ulong head = _registers.Read64(0xC0);
        ulong tail = _registers.Read64(0xC8);
        for (; head != tail; head = (head + 32) % 0x1000)
            Serve(_memory.ReadUInt64(_pageRequests + head), _memory.ReadUInt64(_pageRequests + head + 8), frameOf);
        _registers.Write64(0xC0, head);
    }

    /// <summary>The number of requests in the page request queue.</summary>
    public int PageRequestsQueued => (int)(_registers.Read64(0xC8) - _registers.Read64(0xC0)) / 32;

    /// <summary>Enables the page request interrupt.</summary>
    public void EnablePageRequestInterrupt(InterruptMessage message)
    {
        _registers.Write32(0xE4, message.Data);
        _registers.Write32(0xE8, (uint)message.Address);
        _registers.Write32(0xE0, 0);
    }

    private void Serve(ulong low, ulong high, Func<ulong, ulong> frameOf)
    {
        bool isStopMarker = (high & 7) == 4;
        if (isStopMarker)
            return;
        ulong address = high & ~0xFFFUL;
        Map(address, frameOf(address));
        if ((high & 4) == 0)
            return;
        ulong pasid = low >> 32 & 0xFFFFF;
        ulong requester = low >> 16 & 0xFFFF;
        Submit(0x9 | 1 << 4 | requester << 16 | pasid << 32, high & 0xFF8);
    }

    private void Submit(ulong low, ulong high)
    {
        ulong entry = _invalidations + (ulong)_tail * 32;
        _memory.WriteUInt64(entry, low);
        _memory.WriteUInt64(entry + 8, high);
        _memory.WriteUInt64(entry + 16, 0);
        _memory.WriteUInt64(entry + 24, 0);
        _tail = (_tail + 1) % QueueEntries;
        _registers.Write64(0x88, (ulong)_tail * 32);
    }

    private ulong EntryOf(ulong address, int leafShift)
    {
        ulong table = _pageTables;
        for (int shift = 39; shift > leafShift; shift -= 9)
        {
            ulong entry = table + (address >> shift & 0x1FF) * 8;
            if ((_memory.ReadUInt64(entry) & 1) == 0)
            {
                _memory.WriteUInt64(entry, _nextTable | ReadWriteUser);
                _nextTable += 0x1000;
            }

            table = _memory.ReadUInt64(entry) & 0x000F_FFFF_FFFF_F000;
        }

        return table + (address >> leafShift & 0x1FF) * 8;
    }

    private async Task SetAsync(uint register, ulong value, int command)
    {
        _registers.Write64(register, value);
        await CommandAsync(command);
    }

    private async Task CommandAsync(int bit)
    {
        uint sticky = _registers.Read32(0x1C) & 0x96FF_FFFF;
        _registers.Write32(0x18, sticky | 1u << bit);
        Assert.True(await machine.Scheduler.WaitUntil(() => (_registers.Read32(0x1C) & 1u << bit) != 0, Patience));
    }
}
