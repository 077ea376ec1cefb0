using System.Globalization;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A run of random operations: map, unmap, attach, detach and access. A simple model predicts the accesses that reach memory.</summary>
internal sealed class RandomRun
{
    private const ulong PageSize = AddressRange.PageSize;
    private const int PagesOfLarge = 512;
    private const int WindowPages = 2 * PagesOfLarge;
    private const ulong Window = 0x4000_0000;

    private readonly Lab _lab;
    private readonly ulong _pool;
    private readonly DmaDomain[] _domains;
    private readonly Dictionary<int, (ulong Frame, bool Writable)>[] _pages;
    private readonly (DomainAttachment Attachment, int Number)?[] _attached;

    private RandomRun(Lab lab)
    {
        _lab = lab;
        _pool = lab.Subsystem.Frames.AllocateContiguous(PagesOfLarge);
        _domains = [lab.CreateDomain("first"), lab.CreateDomain("second")];
        _pages = [[], []];
        _attached = new (DomainAttachment, int)?[lab.Probes.Count];
    }

    /// <summary>Runs operations on a machine. Its unit is disabled before and afterwards.</summary>
    /// <returns>The first difference from the model; null if the machine and the model agree.</returns>
    public static async Task<string?> RunAsync(ITestMachine machine, IReadOnlyList<Operation> operations, IPlatform? platform = null)
    {
        Lab lab = await Lab.StartAsync(machine, platform);
        RandomRun run = new(lab);
        string? difference = null;
        for (int at = 0; at < operations.Count && difference is null; at++)
        {
            difference = await run.DoAsync(operations[at]);
            if (difference is not null)
                difference = string.Create(CultureInfo.InvariantCulture, $"operation {at}, {operations[at]}: {difference}");
        }

        await lab.Subsystem.DisposeAsync();
        return difference;
    }

    private async Task<string?> DoAsync(Operation operation)
    {
        int number = operation.DomainNumber % _domains.Length;
        int probe = operation.Probe % _attached.Length;
        int page = operation.Page % WindowPages;
        switch (operation.Kind)
        {
            case OperationKind.Map:
                return await MapAsync(number, page, operation.Size);
            case OperationKind.Unmap:
                await UnmapAsync(number, page, operation.Size % 24 + 1);
                return null;
            case OperationKind.Attach:
                await AttachAsync(probe, number);
                return null;
            case OperationKind.Write:
                return await WriteAsync(probe, page);
            default:
                return await RetireAsync(number, page);
        }
    }

    private async Task<string?> MapAsync(int number, int page, int size)
    {
        bool isLarge = size % 3 == 0;
        int first = isLarge ? page / PagesOfLarge * PagesOfLarge : page;
        int count = isLarge ? PagesOfLarge : Math.Min(size % 8 + 1, WindowPages - page);
        int frame = isLarge ? 0 : page % (PagesOfLarge - 8);
        bool writable = size % 4 != 0;
        bool isFree = !Enumerable.Range(first, count).Any(_pages[number].ContainsKey);
        try
        {
            await _domains[number].MapAsync(
                new AddressRange(AddressOf(first), (ulong)count * PageSize), _pool + (ulong)frame * PageSize, writable ? MemoryRights.ReadWrite : MemoryRights.Read);
        }
        catch (IommuException refused) when (!isFree && refused.Error == IommuError.Busy)
        {
            return null;
        }

        if (!isFree)
            return "a mapping over another one was not refused";
        for (int at = 0; at < count; at++)
            _pages[number][first + at] = (_pool + (ulong)(frame + at) * PageSize, writable);
        return null;
    }

    private async Task UnmapAsync(int number, int page, int count)
    {
        count = Math.Min(count, WindowPages - page);
        await _domains[number].UnmapAsync(new AddressRange(AddressOf(page), (ulong)count * PageSize));
        for (int at = 0; at < count; at++)
            _pages[number].Remove(page + at);
    }

    private async Task AttachAsync(int probe, int number)
    {
        if (_attached[probe] is { } old)
        {
            await old.Attachment.DisposeAsync();
            _attached[probe] = null;
            return;
        }

        _attached[probe] = (await IommuSubsystem.AttachAsync(_lab.Devices[probe], _domains[number]), number);
    }

    private async Task<string?> RetireAsync(int number, int page)
    {
        if (_pages[number].Count > 0)
            page = _pages[number].Keys.Order().ElementAt(page % _pages[number].Count);
        for (int probe = 0; probe < _attached.Length; probe++)
        {
            if (await WriteAsync(probe, page) is { } before)
                return before;
        }

        await UnmapAsync(number, page, 1);
        for (int probe = 0; probe < _attached.Length; probe++)
        {
            if (await WriteAsync(probe, page) is { } after)
                return after;
        }

        return null;
    }

    private async Task<string?> WriteAsync(int probe, int page)
    {
        (ulong Frame, bool Writable) mapped = (_pool, false);
        bool isMapped = _attached[probe] is { } attached && _pages[attached.Number].TryGetValue(page, out mapped);
        ulong physical = (isMapped ? mapped.Frame : _pool) + 0x80;
        bool expected = isMapped && mapped.Writable;
        bool reaches = await _lab.ReachesAsync(probe, AddressOf(page) + 0x80, physical);
        return reaches == expected ? null : $"0x{AddressOf(page):X} of probe {probe} is {(reaches ? "" : "not ")}reached";
    }

    private static ulong AddressOf(int page) => Window + (ulong)page * PageSize;
}
