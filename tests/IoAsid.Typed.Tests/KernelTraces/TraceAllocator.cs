using System.Text.Json.Nodes;

namespace IoAsid.Typed.Tests.KernelTraces;

/// <summary>One of the custom allocators that the traces were recorded with. Its numbers are its own and outlive its registration.</summary>
internal sealed class TraceAllocator : IoAsidNumberAllocator
{
    private readonly string _name;
    private readonly Action<JsonArray> _record;
    private readonly Func<uint, uint, uint?> _choose;
    private readonly HashSet<uint> _used = [];

    private TraceAllocator(string name, object operations, Action<JsonArray> record, Func<HashSet<uint>, uint, uint, uint?> choose)
    {
        _name = name;
        NumberSpace = operations;
        _record = record;
        _choose = (min, max) => choose(_used, min, max);
    }

    public override object NumberSpace { get; }

    /// <summary>Creates the allocators by name. Those with the same functions (<c>ops</c>) share a number space.</summary>
    public static IReadOnlyDictionary<string, TraceAllocator> All(Action<JsonArray> record)
    {
        object pool = new();
        object down = new();
        object fail = new();
        object wild = new();
        TraceAllocator[] all =
        [
            Pool("pool1000", 1000, 512), Pool("pool5000", 5000, 512), Pool("pool9000", 9000, 64),
            Down("down20000", 20000, 256), Down("down63", 63, 130),
            new("fail", fail, record, (_, _, _) => null), new("fail2", fail, record, (_, _, _) => null),
            Wild("wild777", 777000, 8), Wild("wildhi", 0xFFFFFFF0, 15),
            new("echo", new object(), record, (_, min, _) => min),
        ];
        return all.ToDictionary(allocator => allocator._name);

        TraceAllocator Pool(string name, uint first, uint count) =>
            new(name, pool, record, (used, min, max) => Free(used, first, count, min, max).Cast<uint?>().FirstOrDefault());

        TraceAllocator Down(string name, uint first, uint count) =>
            new(name, down, record, (used, min, max) => Free(used, first, count, min, max).Cast<uint?>().LastOrDefault());

        TraceAllocator Wild(string name, uint first, uint count)
        {
            uint calls = 0;
            return new(name, wild, record, (_, _, _) => first + (calls++ % count));
        }
    }

    public override uint? Allocate(uint min, uint max)
    {
        uint? number = _choose(min, max);
        _record(["alloc", _name, min, max, number is { } given ? given : -1L]);
        if (number is not null)
            _used.Add(number.Value);

        return number;
    }

    public override void Free(uint number)
    {
        _record(["free", _name, number]);
        _used.Remove(number);
    }

    private static IEnumerable<uint> Free(HashSet<uint> used, uint first, uint count, uint min, uint max)
    {
        for (uint number = first; number < first + count; number++)
        {
            if (number >= min && number <= max && !used.Contains(number))
                yield return number;
        }
    }
}
