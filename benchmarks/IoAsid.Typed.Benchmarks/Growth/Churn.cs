using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Growth;

/// <summary>A constant number of live ids. Each operation frees a random id and allocates one, in a set of this library, a dictionary or GC handles.</summary>
internal sealed class Churn : IDisposable
{
    private readonly IoAsidSet<Data> _set;
    private readonly IoAsidHandle<Data>[] _handles;
    private readonly ConcurrentDictionary<uint, Data> _dictionary = new();
    private readonly uint[] _keys;
    private readonly GCHandle<Data>[] _gcHandles;
    private readonly int[] _order;
    private uint _lastKey;

    public Churn(int live)
    {
        _set = new IoAsidSpace(new IoAsidSpaceOptions { Capacity = 2L * live, ReservedNumbers = [] }).CreateSet<Data>("root");
        _handles = [.. Enumerable.Range(0, live).Select(_ => _set.Allocate(Data.Shared))];
        _keys = [.. Enumerable.Range(0, live).Select(_ => AddKey())];
        _gcHandles = [.. Enumerable.Range(0, live).Select(_ => new GCHandle<Data>(Data.Shared))];
        _order = AllocationRatios.RandomOrder(live, 1 << 20);
    }

    public void Dispose() => Array.ForEach(_gcHandles, handle => handle.Dispose());

    public void InSet(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ref IoAsidHandle<Data> handle = ref _handles[_order[i & (_order.Length - 1)]];
            handle.Free();
            handle = _set.Allocate(Data.Shared);
        }
    }

    public void InDictionary(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ref uint key = ref _keys[_order[i & (_order.Length - 1)]];
            _dictionary.TryRemove(key, out _);
            key = AddKey();
        }
    }

    public void InGCHandles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ref GCHandle<Data> handle = ref _gcHandles[_order[i & (_order.Length - 1)]];
            handle.Dispose();
            handle = new GCHandle<Data>(Data.Shared);
        }
    }

    // Returns a number that is never reused, like most code without an allocator.
    private uint AddKey()
    {
        uint key = Interlocked.Increment(ref _lastKey);
        _dictionary.TryAdd(key, Data.Shared);
        return key;
    }
}
