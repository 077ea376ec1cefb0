using IoAsid.Typed.Benchmarks.Floors;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The holds of the rows, and the same operations of contender and floor.</summary>
internal sealed class Holds
{
    private readonly IoAsidSet<Data> _root = new IoAsidSpace().CreateSet<Data>("root");
    private readonly FloorTable _floor = new();
    private readonly RawIoAsid _id;
    private readonly RawIoAsid _other;
    private ulong _count;
    private ulong _otherCount;

    public Holds()
    {
        _id = _root.Allocate(Data.Shared).Id;
        _other = _root.Allocate(Data.Shared).Id;
        _floor.Put(_id.Value, new FloorSet(index: 1, new FloorBudget(1)), Data.Shared);
    }

    public void Scoped(int count)
    {
        IoAsidReader<Data> reader = _root;
        for (int i = 0; i < count; i++)
        {
            using IoAsidHold<Data> hold = reader.Hold(_id);
        }
    }

    /// <summary>Takes half of the holds inside the other half.</summary>
    public void Nested(int count)
    {
        IoAsidReader<Data> reader = _root;
        for (int i = 0; i < count; i += 2)
        {
            using IoAsidHold<Data> outer = reader.Hold(_id);
            using IoAsidHold<Data> inner = reader.Hold(_other);
        }
    }

    public void ScopedFloor(int count)
    {
        uint number = _id.Value;
        for (int i = 0; i < count; i++)
            _floor.HoldAndRelease(number);
    }

    public void Referenced(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_root.TryHold(_id, out IoAsidReference<Data>? reference))
                reference.Dispose();
        }
    }

    public void ReferencedFloor(int count)
    {
        uint number = _id.Value;
        for (int i = 0; i < count; i++)
            _floor.TakeReference(number)?.Release();
    }

    public void Counted(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Interlocked.Increment(ref _count);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Counts as <see cref="Nested"/> does: up and up again, then down and down.</summary>
    public void CountedNested(int count)
    {
        for (int i = 0; i < count; i += 2)
        {
            Interlocked.Increment(ref _count);
            Interlocked.Increment(ref _otherCount);
            Interlocked.Decrement(ref _otherCount);
            Interlocked.Decrement(ref _count);
        }
    }
}
