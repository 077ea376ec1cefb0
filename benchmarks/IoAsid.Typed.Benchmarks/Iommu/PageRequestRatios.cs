using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Iommu;

namespace IoAsid.Typed.Benchmarks.Iommu;

/// <summary>
/// Page requests end to end: from the fabric through the unit, the ring, the handler and the process's page tables to the response at the device.
/// 64 requests are in flight, and half of them need a new page. The contender does only the memory writes and the hold of a request. The floor also makes the reads of
/// a request and fills its new page with zeros. All of them use the same amount of memory in a turn, because a cache that other programs use too decides the time of a new page.
/// </summary>
internal sealed class PageRequestRatios
{
    private const int InFlight = 64;
    private const int AreaPages = 1 << 15;
    private const int WarmUpRounds = 40;
    private const int NewPages = 1 << 10;
    private const int ManyNewPages = 1 << 12;
    private const int RequestsPerNewPage = 2;
    private const string Contender = "its writes and its hold";
    private const string Floor = "its accesses and its new page, by hand";
    private const ulong PageSize = AddressRange.PageSize;

    private readonly SvaMachine _machine = new();
    private readonly ProcessAddressSpace _process;
    private readonly SvaBond _bond;
    private readonly int _groupSize;
    private readonly ulong _scratch;
    private readonly ulong _floorFrames;
    private readonly byte[] _zeros = new byte[PageSize];
    private ulong _area;
    private int _pages = AreaPages;
    private int _next;
    private int _group;

    private PageRequestRatios(int groupSize)
    {
        _groupSize = groupSize;
        _process = _machine.Subsystem.CreateProcess("bench");
        _bond = _machine.Machine.Run(() => _machine.Subsystem.BindAsync(_machine.Device, _process).AsTask());
        _scratch = _machine.Subsystem.Frames.AllocateContiguous(4);
        _floorFrames = _machine.Subsystem.Frames.AllocateContiguous(ManyNewPages);
        _area = _process.Map(AreaPages * PageSize, MemoryRights.ReadWrite).Range.Start;
    }

    public static void Measure(RatioTable table)
    {
        foreach (int groupSize in (int[])[1, 8])
        {
            PageRequestRatios ratios = new(groupSize);
            ratios.WarmUp();
            string size = $"groups of {groupSize}";
            Sample[] times = Interleaved.Nanoseconds(
                NewPages * RequestsPerNewPage, (ratios.Renew, ratios.Serve), (() => { }, ratios.WriteOnly), (() => { }, ratios.AccessOnly), (ratios.Populate, ratios.Serve));
            table.Add(new("page request end to end", size, times[0], Contender, times[1], Goal: 12));
            table.Add(new(Floor, size, times[2], Contender, times[1], Goal: null));
            table.Add(new("page request end to end", size, times[0], Floor, times[2], Goal: null));
            Sample[] many = Interleaved.Nanoseconds(ManyNewPages * RequestsPerNewPage, (ratios.Renew, ratios.Serve), (() => { }, ratios.AccessOnly));
            table.Add(new("the same, 16 MB of new pages", size, many[0], Floor, many[1], Goal: null));
            table.Add(new("the same, no page is new", size, times[3], "", Theirs: null, Goal: null));
            table.Add(new("page requests a second", size, times[0].Map(nanoseconds => 1e9 / nanoseconds), "", Theirs: null, Goal: null));
        }
    }

    // The measurement's own warm-up is too short to compile all code of this path.
    private void WarmUp()
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            Renew();
            Serve(AreaPages / 4);
        }
    }

    // Replaces the area by a new one without pages. The frames of the old pages are reused.
    private void Renew()
    {
        AddressRange area = new(_area, AreaPages * PageSize);
        _machine.Machine.Run(() => _process.UnmapAsync(area).AsTask());
        _area = _process.Map(area.Length, MemoryRights.ReadWrite).Range.Start;
        _pages = AreaPages;
        _next = 0;
    }

    // Brings in the pages that the next requests are for.
    private void Populate()
    {
        Renew();
        _pages = NewPages;
        for (int page = 0; page < _pages; page++)
            _process.TryHandleFault(_area + (ulong)page * PageSize, MemoryRights.ReadWrite);
    }

    private void Serve(int count)
    {
        for (int done = 0; done < count; done += InFlight)
        {
            int batch = Math.Min(InFlight, count - done);
            for (int request = 0; request < batch; request++)
                Send(request, isLast: (request + 1) % _groupSize == 0 || request + 1 == batch);

            _machine.Machine.Run();
        }
    }

    private void Send(int request, bool isLast)
    {
        _machine.Unit.Receive(new PageRequestMessage(
            _machine.Device.RequesterId, NextPage(request), _group, Read: true, Write: true, isLast, new PasidPrefix(_bond.Pasid)));
        if (isLast)
            _group = (_group + 1) & 511;
    }

    // Each pair of consecutive requests is for one page.
    private ulong NextPage(int request)
    {
        if (request % RequestsPerNewPage == 0)
            _next = (_next + 1) % _pages;

        return _area + (ulong)_next * PageSize;
    }

    private void WriteOnly(int count)
    {
        SparseMemory memory = _machine.Machine.SparseMemory;
        IoAsidReader<SvaBinding> sva = _machine.Subsystem.SvaBindings;
        for (int request = 0; request < count; request++)
        {
            ulong slot = (ulong)(request % InFlight);
            Write(memory, _scratch + slot * 32);
            if (request % RequestsPerNewPage == 0)
                memory.TryWriteUInt64(_scratch + PageSize + slot * 8, slot);

            if ((request + 1) % _groupSize != 0)
                continue;

            using IoAsidHold<SvaBinding> hold = sva.Hold(_bond.Pasid.ToRawIoAsid());
            if (hold.IsHeld)
                Write(memory, _scratch + 2 * PageSize + slot * 32);
        }
    }

    // The unit writes a request, and the driver reads two of its words and the entries of four levels. The unit reads each response of the driver.
    private void AccessOnly(int count)
    {
        SparseMemory memory = _machine.Machine.SparseMemory;
        IoAsidReader<SvaBinding> sva = _machine.Subsystem.SvaBindings;
        ulong sum = 0;
        for (int request = 0; request < count; request++)
        {
            ulong slot = (ulong)(request % InFlight);
            Write(memory, _scratch + slot * 32);
            sum += Read(memory, _scratch + slot * 32, words: 2) + Read(memory, _scratch + PageSize + slot * 32, words: 4);
            if (request % RequestsPerNewPage == 0)
            {
                memory.TryWrite(_floorFrames + (ulong)(request / RequestsPerNewPage % ManyNewPages) * PageSize, _zeros);
                memory.TryWriteUInt64(_scratch + PageSize + slot * 8, slot);
            }

            if ((request + 1) % _groupSize != 0)
                continue;

            using IoAsidHold<SvaBinding> hold = sva.Hold(_bond.Pasid.ToRawIoAsid());
            if (hold.IsHeld)
                Write(memory, _scratch + 2 * PageSize + slot * 32);
            sum += Read(memory, _scratch + 2 * PageSize + slot * 32, words: 4);
        }

        Data.Sink = (long)sum;
    }

    private static ulong Read(SparseMemory memory, ulong address, ulong words)
    {
        ulong sum = 0;
        for (ulong word = 0; word < words; word++)
        {
            memory.TryReadUInt64(address + word * 8, out ulong value);
            sum += value;
        }

        return sum;
    }

    private static void Write(SparseMemory memory, ulong address)
    {
        for (ulong word = 0; word < 4; word++)
            memory.TryWriteUInt64(address + word * 8, word);
    }
}
