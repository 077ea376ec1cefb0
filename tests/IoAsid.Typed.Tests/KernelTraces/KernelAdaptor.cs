using System.Text.Json.Nodes;
using IoAsid.Typed.Migration;

namespace IoAsid.Typed.Tests.KernelTraces;

/// <summary>The places of a trace's sets in the tree. The kernel has no tree, so its results must hold for both layouts.</summary>
public enum TraceLayout
{
    /// <summary>Each set is a root.</summary>
    Roots,

    /// <summary>All sets are siblings below one root.</summary>
    Subsets,
}

/// <summary>The translation of the kernel's operations into calls of the SDK. It keeps only the state of the kernel's callers: their references.</summary>
internal sealed class KernelAdaptor : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = IoAsidSpaceOptions.MaxCapacity, ReservedNumbers = [] });
    private readonly Dictionary<string, IoAsidSet<Cell>> _sets = [];
    private readonly IoAsidSet<Cell> _unnamed;
    private readonly Func<string, IoAsidSet<Cell>> _createSet;
    private readonly Dictionary<uint, Stack<IoAsidReference>> _references = [];
    private readonly IReadOnlyDictionary<string, TraceAllocator> _allocators;
    private JsonArray _calls = [];

    public KernelAdaptor(TraceLayout layout)
    {
        IoAsidSet<Cell>? root = layout == TraceLayout.Subsets ? _space.CreateSet<Cell>("root") : null;
        _createSet = name => root?.CreateSubset<Cell>(name) ?? _space.CreateSet<Cell>(name);
        _unnamed = _createSet("NULL");
        _allocators = TraceAllocator.All(call => _calls.Add(call));
    }

    private IEnumerable<IoAsidSet<Cell>> Sets => _sets.Values.Prepend(_unnamed);

    public JsonObject Run(KernelOperation operation)
    {
        _calls = [];
        JsonObject answer = operation.Kind switch
        {
            "alloc" => new() { ["result"] = Allocate(operation, operation.Data("data")) },
            "alloc_many" => AllocateMany(operation),
            "get" => new() { ["warn"] = !TryGet(operation.Number("id")) },
            "put" => new() { ["result"] = Put(operation.Number("id")) },
            "put_many" => PutMany(operation),
            "find" => Find(operation),
            "set_data" => new() { ["result"] = SetData(operation.Number("id"), operation.Data("data")) },
            "register" => new() { ["result"] = Register(operation.Text("name")!) },
            "unregister" => new() { ["warn"] = Unregister(operation.Text("name")!) },
            _ => throw new InvalidDataException(operation.Disagreement([])),
        };
        if (_calls.Count > 0 && !operation.Kind.EndsWith("_many", StringComparison.Ordinal))
            answer["calls"] = _calls;

        return answer;
    }

    public void Dispose() => _space.Dispose();

    private IoAsidSet<Cell> Set(string? letter)
    {
        if (letter is null)
            return _unnamed;

        if (!_sets.TryGetValue(letter, out IoAsidSet<Cell>? set))
            _sets.Add(letter, set = _createSet(letter));

        return set;
    }

    private long Allocate(KernelOperation operation, int? data)
    {
        uint min = operation.Number("min");
        uint max = operation.Number("max");
        Cell? cell = data is { } value ? new Cell(value) : null;
        if (min > max)
        {
            Assert.Throws<ArgumentOutOfRangeException>("min", () => Set(operation.Text("set")).Allocate(cell, min, max));
            return -1;
        }

        return Set(operation.Text("set")).TryAllocate(cell, min, max, out IoAsidHandle<Cell> handle, out _) ? handle.Id.Value : -1;
    }

    private JsonObject AllocateMany(KernelOperation operation)
    {
        int failed = 0;
        List<(long First, int Length)> runs = [];
        for (int count = 0; count < operation.Number("count"); count++)
        {
            long id = Allocate(operation, operation.Data("data") + count);
            if (id < 0)
                failed++;
            else if (runs.Count > 0 && runs[^1].First + runs[^1].Length == id)
                runs[^1] = (runs[^1].First, runs[^1].Length + 1);
            else
                runs.Add((id, 1));
        }

        return new() { ["runs"] = new JsonArray([.. runs.Select(run => new JsonArray(run.First, run.Length))]), ["failed"] = failed };
    }

    private IoAsidHandle<Cell>? Handle(uint id)
    {
        foreach (IoAsidSet<Cell> set in Sets)
        {
            if (set.TryGetHandle(new RawIoAsid(id), out IoAsidHandle<Cell> handle))
                return handle;
        }

        return null;
    }

    private bool TryGet(uint id)
    {
        foreach (IoAsidSet set in Sets)
        {
            if (set.TryHold(new RawIoAsid(id), out IoAsidReference? reference))
            {
                if (!_references.TryGetValue(id, out Stack<IoAsidReference>? taken))
                    _references.Add(id, taken = []);

                taken.Push(reference);
                return true;
            }
        }

        return false;
    }

    private bool Put(uint id)
    {
        if (_references.TryGetValue(id, out Stack<IoAsidReference>? taken) && taken.TryPop(out IoAsidReference? reference))
        {
            reference.Dispose();
            return Handle(id) is null;
        }

        return Handle(id) is { } handle && handle.Free() == IoAsidFreeResult.Reclaimed;
    }

    private JsonObject PutMany(KernelOperation operation)
    {
        int count = 0;
        int freed = 0;
        for (uint id = operation.Number("first"); id <= operation.Number("last"); id += operation.Number("step"))
        {
            count++;
            freed += Put(id) ? 1 : 0;
        }

        return new() { ["count"] = count, ["freed"] = freed };
    }

    private JsonObject Find(KernelOperation operation)
    {
        RawIoAsid id = new(operation.Number("id"));
        IoAsidSet<Cell>? set = operation.Text("set") is { } letter ? Set(letter) : null;
        string getter = operation.Text("getter")!;
        int called = 0;
        object? argument = null;
        bool Getter(object? data)
        {
            called++;
            argument = data;
            return getter == "accept";
        }

        // The untyped lookup calls the getter also if the id has no data, as the kernel does. The typed lookup gives the status.
        object? found = UntypedLookup.Find(_space, set, id, getter == "none" ? null : Getter);
        Assert.InRange(called, 0, 1);
        return new()
        {
            ["called"] = called == 1,
            ["arg"] = (argument as Cell)?.Value,
            ["result"] = (found as Cell)?.Value,
            ["error"] = set is null ? (Handle(id.Value) is null ? "ENOENT" : null) : TypedFind(set, id, getter, found as Cell),
        };
    }

    private static string? TypedFind(IoAsidSet<Cell> set, RawIoAsid id, string getter, Cell? untyped)
    {
        IoAsidLookup<Cell> typed = getter == "none" ? set.Find(id) : set.Find(id, getter, static (_, answer) => answer == "accept");
        Assert.Same(untyped, typed.Data);
        return typed.Status switch
        {
            IoAsidLookupStatus.NotFound => "ENOENT",
            IoAsidLookupStatus.OtherSet => "EACCES",
            IoAsidLookupStatus.FreePending => "FreePending, which the kernel does not have",
            _ => null,
        };
    }

    private JsonNode SetData(uint id, int? data)
    {
        if (Handle(id) is not { } handle)
            return "ENOENT";

        if (data is { } value)
            handle.SetData(new Cell(value));
        else
            handle.ClearData();

        return 0;
    }

    private JsonNode Register(string name)
    {
        try
        {
            _space.RegisterAllocator(_allocators[name]);
            return 0;
        }
        catch (InvalidOperationException)
        {
            return "EAGAIN";
        }
        catch (ArgumentException)
        {
            return "EEXIST";
        }
    }

    /// <returns>True if ids are outstanding; otherwise, false. The kernel ignores an allocator that is not registered, for which the SDK throws.</returns>
    private bool Unregister(string name)
    {
        try
        {
            _space.UnregisterAllocator(_allocators[name]);
            return false;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>The data that the traces store as a number cast to a pointer.</summary>
    private sealed record Cell(int Value);
}
