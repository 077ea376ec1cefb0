namespace Corpus;

/// <summary>Code for any data type: a cache of references, and helpers that use or allocate an id.</summary>
public sealed class References<TData>(IoAsidReader<TData> set, int limit) : IDisposable
    where TData : class
{
    private readonly LinkedList<IoAsidReference<TData>> _kept = new();

    public TData? Get(RawIoAsid id)
    {
        foreach (IoAsidReference<TData> kept in _kept)
        {
            if (kept.Id == id && !kept.IsReleased)
                return kept.Data;
        }

        if (!set.TryHold(id, out IoAsidReference<TData>? reference))
            return null;

        _kept.AddFirst(reference);
        if (_kept.Count > limit && _kept.Last is { Value: var oldest })
        {
            _kept.RemoveLast();
            oldest.Dispose();
        }

        return reference.Data;
    }

    public void Dispose()
    {
        foreach (IoAsidReference<TData> kept in _kept)
            kept.Dispose();
    }
}

public static class SetExtensions
{
    extension<TData>(IoAsidReader<TData> set)
        where TData : class
    {
        public TResult Use<TResult>(RawIoAsid id, Func<TData, TResult> use, TResult otherwise)
        {
            using IoAsidHold<TData> hold = set.Hold(id);
            return hold.IsHeld ? use(hold.Data) : otherwise;
        }
    }

    public static async Task<TResult?> UseAsync<TData, TResult>(this IoAsidSet<TData> set, RawIoAsid id, Func<TData, Task<TResult>> use)
        where TData : class
    {
        if (!set.TryHold(id, out IoAsidReference<TData>? reference))
            return default;

        try
        {
            return await use(reference.Data).ConfigureAwait(false);
        }
        finally
        {
            reference.Dispose();
        }
    }

    public static IoAsidHandle<TData>? AllocateOrWait<TData>(this IoAsidSet<TData> set, TData data, int tries)
        where TData : class
    {
        for (int left = tries; left > 0; left--)
        {
            if (set.TryAllocate(data, out IoAsidHandle<TData> handle, out IoAsidAllocationFailure failure))
                return handle;

            if (failure is IoAsidAllocationFailure.SetClosed)
                break;

            Thread.Yield();
        }

        return null;
    }
}
