using System.Diagnostics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;

namespace IoAsid.Typed;

/// <summary>
/// A counted hold on an id as an object, for fields and <c>await</c>. Without data: the proof that an id belongs to an owner, and that it stays what it is.
/// </summary>
/// <remarks>Safe to use from any thread. One that is never released keeps its id pending for ever; <see cref="IoAsidSpaceOptions.TrackHolders"/> finds it.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public class IoAsidReference : IDisposable
{
    private readonly LifePage _lives;
    private readonly IoAsidHolder? _holder;
    private readonly uint _id;
    private int _released;

    private protected IoAsidReference(LifePage lives, uint id)
    {
        _lives = lives;
        _id = id;
        FaultPoint.Allocation();
        if (lives.IsTracked)
            _holder = lives.Space.Lifecycle.Track(lives, id, IoAsidHolderKind.Reference);
    }

    /// <summary>The number. Readable also after the release, when it may be another's.</summary>
    public RawIoAsid Id => new(_id);

    /// <summary>Whether the reference was released.</summary>
    public bool IsReleased => Volatile.Read(ref _released) != 0;

    /// <summary>Releases the reference. Further calls do nothing. If the id was freed and this was the last to hold it, the number is reclaimed here.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The number, and whether it is still held.</summary>
    public override string ToString() => $"reference to {_id}{(IsReleased ? ", released" : "")}";

    /// <summary>Makes the object of a count that the caller has taken. If that fails, the count is released.</summary>
    internal static IoAsidReference Of(LifePage lives, uint id)
    {
        try
        {
            return new IoAsidReference(lives, id);
        }
        catch
        {
            lives.Release(id);
            throw;
        }
    }

    /// <summary>Releases the reference, once.</summary>
    /// <param name="disposing">Always true: there is no finaliser, for the count belongs to whoever took it.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            if (_holder is not null)
                _lives.Space.Lifecycle.Untrack(_lives, _id, _holder);

            _lives.Release(_id);
        }
    }
}

/// <summary>A counted hold on an id as an object, with the data of the moment it was taken.</summary>
/// <typeparam name="TData">The data type of the set or reader it was taken through.</typeparam>
public sealed class IoAsidReference<TData> : IoAsidReference
    where TData : class
{
    private readonly TData _data;

    private IoAsidReference(LifePage lives, uint id, TData data)
        : base(lives, id) => _data = data;

    /// <summary>The data at the moment the reference was taken; stays readable until the release, whatever happens to the id.</summary>
    /// <exception cref="ObjectDisposedException">The reference was released.</exception>
    public TData Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsReleased, this);
            return _data;
        }
    }

    internal static IoAsidReference<TData>? TryTake(IoAsidSet set, uint id)
    {
        LifePage? lives = set.Take(id, needsData: true, out object? data, out _);
        return lives is null ? null : Of(lives, id, data);
    }

    /// <summary>Makes the object of a count that the caller has taken. If that fails, the count is released.</summary>
    internal static IoAsidReference<TData> Of(LifePage lives, uint id, object? data)
    {
        try
        {
            return new IoAsidReference<TData>(lives, id, Unsafe.As<TData>(data!));
        }
        catch
        {
            lives.Release(id);
            throw;
        }
    }
}
