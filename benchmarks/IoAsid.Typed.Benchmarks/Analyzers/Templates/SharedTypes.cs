global using System;
global using System.Collections.Concurrent;
global using System.Collections.Generic;
global using System.Linq;
global using System.Threading;
global using System.Threading.Tasks;
global using IoAsid.Typed;

namespace Drivers;

public readonly record struct RequesterId(ushort Value)
{
    public int Bus => Value >> 8;

    public int Function => Value & 7;
}

public sealed record PageRequest(RequesterId Requester, RawIoAsid Pasid, ulong Address, int Group, bool IsLast, bool IsWrite);

public enum PageResponse
{
    Success,
    InvalidRequest,
    Failure,
}

public abstract class SvaBinding
{
    private readonly HashSet<RequesterId> _bonds = [];

    private protected SvaBinding()
    {
    }

    public int Users { get; private set; }

    public bool HasBond(RequesterId requester) => _bonds.Contains(requester);

    public void AddBond(RequesterId requester) => Users += _bonds.Add(requester) ? 1 : 0;

    public void RemoveBond(RequesterId requester) => Users -= _bonds.Remove(requester) ? 1 : 0;
}

public sealed class NativeSvaBinding(ulong root) : SvaBinding
{
    private readonly Dictionary<ulong, ulong> _pages = [];

    public ulong Root => root;

    public PageResponse HandleFault(PageRequest request)
    {
        if (_pages.ContainsKey(request.Address >> 12))
            return PageResponse.Success;

        _pages[request.Address >> 12] = root + ((ulong)_pages.Count << 12);
        return request.IsWrite && root == 0 ? PageResponse.Failure : PageResponse.Success;
    }
}

public sealed class GuestSvaBinding(string machine) : SvaBinding
{
    private readonly Queue<PageRequest> _forwarded = new();

    public string Machine => machine;

    public PageResponse Forward(PageRequest request)
    {
        _forwarded.Enqueue(request);
        return PageResponse.Success;
    }
}

public sealed class AuxiliaryDomain(int number)
{
    public int Number => number;

    public List<RequesterId> Devices { get; } = [];
}

public sealed class DeviceDrain : IoAsidDrain
{
    public int Drained { get; private set; }

    public DrainReceipt Drain(IoAsidBinding binding)
    {
        Drained++;
        return Certify(binding);
    }
}
