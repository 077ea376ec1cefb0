using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Iommu;

namespace IoAsid.Typed.Benchmarks.Iommu;

/// <summary>
/// Page requests end to end: from the fabric into the unit, the ring, the handler, the process's page tables, the response descriptor and back to the device.
/// 64 pages are in flight, half of them new. The contender does the writes and the hold that are in there, and nothing else.
/// </summary>
internal sealed class PageRequestRatios
{
    private const int InFlight = 64;
    private const int AreaPages = 1 << 15;
    private const int WarmUpRounds = 40;
    private const ulong PageSize = AddressRange.PageSize;

    private readonly SvaMachine _machine = new();
    private readonly ProcessAddressSpace _process;
    private readonly SvaBond _bond;
    private readonly int _groupSize;
    private readonly ulong _scratch;
    private ulong _area;
    private int _next;
    private int _group;

    private PageRequestRatios(int groupSize)
    {
        _groupSize = groupSize;
        _process = _machine.Subsystem.CreateProcess("bench");
        _bond = _machine.Machine.Run(() => _machine.Subsystem.BindAsync(_machine.Device, _process).AsTask());
        _scratch = _machine.Subsystem.Frames.AllocateContiguous(4);
        _area = _process.Map(AreaPages * PageSize, MemoryRights.ReadWrite).Range.Start;
    }

    public static void Measure(RatioTable table)
    {
        foreach (int groupSize in (int[])[1, 8])
        {
            PageRequestRatios ratios = new(groupSize);
            ratios.WarmUp();
            Sample[] times = Interleaved.Nanoseconds((ratios.Renew, ratios.Serve), (() => { }, ratios.WriteOnly));
            table.Add(new(
                "page request end to end", $"groups of {groupSize}", times[0], "its writes and its hold", times[1], Goal: 12));
            table.Add(new("page requests a second", $"groups of {groupSize}", times[0].Map(nanoseconds => 1e9 / nanoseconds), "", Theirs: null, Goal: null));
        }
    }

    // So much code takes part that the warm-up of the measurement is too short for it.
    private void WarmUp()
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            Renew();
            Serve(AreaPages / 4);
        }
    }

    // All pages are new again; the frames behind them are used again.
    private void Renew()
    {
        AddressRange area = new(_area, AreaPages * PageSize);
        _machine.Machine.Run(() => _process.UnmapAsync(area).AsTask());
        _area = _process.Map(area.Length, MemoryRights.ReadWrite).Range.Start;
        _next = 0;
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

    // Every other request asks for the page that the one before it asked for.
    private ulong NextPage(int request)
    {
        if (request % 2 == 0)
            _next = (_next + 1) % AreaPages;

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
            if (request % 2 == 0)
                memory.TryWriteUInt64(_scratch + PageSize + slot * 8, slot);

            if ((request + 1) % _groupSize != 0)
                continue;

            using IoAsidHold<SvaBinding> hold = sva.Hold(_bond.Pasid.ToRawIoAsid());
            if (hold.IsHeld)
                Write(memory, _scratch + 2 * PageSize + slot * 32);
        }
    }

    private static void Write(SparseMemory memory, ulong address)
    {
        for (ulong word = 0; word < 4; word++)
            memory.TryWriteUInt64(address + word * 8, word);
    }
}
