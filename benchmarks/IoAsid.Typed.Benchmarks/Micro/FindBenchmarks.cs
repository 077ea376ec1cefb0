using BenchmarkDotNet.Attributes;

namespace IoAsid.Typed.Benchmarks.Micro;

/// <summary>The lookups of each kind, with two that find no id.</summary>
[MemoryDiagnoser]
public class FindBenchmarks
{
    private readonly IoAsidSet<object> _root;
    private readonly IoAsidSet<object> _subset;
    private readonly IoAsidSet<object> _other;
    private readonly RawIoAsid _id;

    public FindBenchmarks()
    {
        _root = new IoAsidSpace().CreateSet<object>("root");
        _subset = _root.CreateSubset<object>("subset");
        _other = _root.CreateSubset<object>("other");
        _id = _subset.Allocate(new object()).Id;
    }

    [Benchmark(Baseline = true)]
    public bool ThroughRoot() => _root.TryFind(_id, out _);

    [Benchmark]
    public bool ThroughSubset() => _subset.TryFind(_id, out _);

    [Benchmark]
    public IoAsidLookupStatus WithGetter() => _root.Find(_id, 1, static (data, state) => data is not null && state == 1).Status;

    [Benchmark]
    public IoAsidLookupStatus OfAnotherSet() => _other.Find(_id).Status;

    [Benchmark]
    public IoAsidLookupStatus NotThere() => _root.Find(new RawIoAsid(12345)).Status;
}
