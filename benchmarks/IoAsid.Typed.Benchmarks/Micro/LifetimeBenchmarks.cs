using BenchmarkDotNet.Attributes;

namespace IoAsid.Typed.Benchmarks.Micro;

/// <summary>The operations of an id's life: hold, reference, data, allocation and free, with and without an observer.</summary>
[MemoryDiagnoser]
public class LifetimeBenchmarks
{
    private readonly object _data = new();
    private IoAsidSet<object> _set = null!;
    private IoAsidHandle<object> _handle;

    [Params(false, true)]
    public bool Observed { get; set; }

    [GlobalSetup]
    public void Allocate()
    {
        _set = new IoAsidSpace().CreateSet<object>("root");
        if (Observed)
            _ = _set.Observe(static edge => { });

        _handle = _set.Allocate(_data);
    }

    [Benchmark]
    public bool Hold()
    {
        using IoAsidHold<object> hold = _set.Hold(_handle.Id);
        return hold.IsHeld;
    }

    [Benchmark]
    public void Reference()
    {
        if (_set.TryHold(_handle.Id, out IoAsidReference<object>? reference))
            reference.Dispose();
    }

    [Benchmark]
    public void SetData() => _handle.SetData(_data);

    [Benchmark]
    public IoAsidFreeResult AllocateAndFree() => _set.Allocate(_data).Free();
}
