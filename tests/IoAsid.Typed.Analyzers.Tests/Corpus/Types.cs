global using System;
global using System.Collections.Concurrent;
global using System.Collections.Generic;
global using System.Diagnostics;
global using System.Diagnostics.CodeAnalysis;
global using System.Linq;
global using System.Threading;
global using System.Threading.Tasks;
global using IoAsid.Typed;

namespace Corpus;

public readonly record struct RequesterId(ushort Value);

public sealed record PageRequest(RequesterId Requester, RawIoAsid Pasid, ulong Address, ushort Group, bool IsLast, bool IsWrite);

public enum PageResponse
{
    Success,
    InvalidRequest,
    Failure,
}

/// <summary>A closed hierarchy: its subtypes are all known.</summary>
public abstract class SvaBinding
{
    private readonly HashSet<RequesterId> _bonds = [];

    private protected SvaBinding()
    {
    }

    public int Users { get; private set; }

    public bool HasBond(RequesterId requester)
    {
        lock (_bonds)
            return _bonds.Contains(requester);
    }

    public void AddBond(RequesterId requester)
    {
        lock (_bonds)
            Users += _bonds.Add(requester) ? 1 : 0;
    }

    public bool RemoveBond(RequesterId requester)
    {
        lock (_bonds)
        {
            bool removed = _bonds.Remove(requester);
            Users -= removed ? 1 : 0;
            return removed;
        }
    }
}

public sealed class NativeSvaBinding(object process, ulong root) : SvaBinding
{
    private readonly SortedDictionary<ulong, ulong> _pages = [];

    public object Process => process;

    public PageResponse HandleFault(PageRequest request)
    {
        ulong page = request.Address >> 12;
        if (request.IsWrite && page == 0)
            return PageResponse.Failure;

        _pages.TryAdd(page, root + ((ulong)_pages.Count << 12));
        return PageResponse.Success;
    }
}

public sealed class GuestSvaBinding(string machine) : SvaBinding
{
    public string Machine { get; } = machine;

    public ConcurrentQueue<PageRequest> Forwarded { get; } = new();

    public PageResponse Forward(PageRequest request)
    {
        Forwarded.Enqueue(request);
        return PageResponse.Success;
    }
}

public sealed class AuxiliaryDomain(int number)
{
    public int Number => number;
}

/// <summary>The drain of a device: clears the entry, invalidates, waits.</summary>
public sealed class DeviceDrain(Action<RawIoAsid> clear, Func<RawIoAsid, CancellationToken, Task> waitForQueue) : IoAsidDrain
{
    public DrainReceipt Drain(IoAsidBinding binding)
    {
        clear(binding.Id);
        return Certify(binding);
    }

    public async Task<DrainReceipt> DrainAsync(IoAsidBinding binding, CancellationToken cancellation)
    {
        clear(binding.Id);
        await waitForQueue(binding.Id, cancellation).ConfigureAwait(false);
        return Certify(binding);
    }
}
