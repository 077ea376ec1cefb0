using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;

namespace IoAsid.Typed;

/// <summary>
/// A counted hold on an id as an object, for fields and <c>await</c>. Without data it proves that the id belongs to an owner and stays allocated.
/// </summary>
/// <remarks>Safe to use from any thread. A reference that is never released keeps its id pending permanently. <see cref="IoAsidSpaceOptions.TrackHolders"/> helps to find it.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
[SuppressMessage("Design", "CA1063", Justification = "No other assembly can derive from the class, and it has no finalizer, because only its user knows when the hold ends.")]
[SuppressMessage("Usage", "CA1816", Justification = "No derived class can add a finalizer.")]
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

    /// <summary>The number. Readable also after the release, when another id may have the number.</summary>
    public RawIoAsid Id => new(_id);

    /// <summary>Gets a value indicating whether the reference was released.</summary>
    public bool IsReleased => Volatile.Read(ref _released) != 0;

    /// <summary>Releases the reference. Further calls do nothing. The release of the last reference to a freed id reclaims the number.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            if (_holder is not null)
                Untrack(_holder);

            _lives.Release(_id);
        }
    }

    /// <summary>Returns the number, and whether the reference was released.</summary>
    public override string ToString() => $"reference to {_id}{(IsReleased ? ", released" : "")}";

    /// <summary>Makes the object for a count that the caller has taken. A failure releases the count.</summary>
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Untrack(IoAsidHolder holder) => _lives.Space.Lifecycle.Untrack(_lives, _id, holder);
}

/// <summary>A counted hold on an id as an object, with the data at the moment of the hold.</summary>
/// <typeparam name="TData">The data type of the set or reader of the lookup.</typeparam>
public sealed class IoAsidReference<TData> : IoAsidReference
    where TData : class
{
    private readonly TData _data;

    private IoAsidReference(LifePage lives, uint id, TData data)
        : base(lives, id) => _data = data;

    /// <summary>The data at the moment the reference was taken. Readable until the release, also after a free of the id.</summary>
    /// <exception cref="ObjectDisposedException">The reference was released.</exception>
    public TData Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsReleased, this);
            return _data;
        }
    }

    internal static IoAsidReference<TData>? TryTake(IoAsidSet set, uint id) =>
        set.TryTakeAtOnce(id, out object? data) is { } lives ? Of(lives, id, data) : TakeInSteps(set, id);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IoAsidReference<TData>? TakeInSteps(IoAsidSet set, uint id)
    {
        LifePage? lives = set.Take(id, needsData: true, out object? data, out _);
        return lives is null ? null : Of(lives, id, data);
    }

    /// <summary>Makes the object for a count that the caller has taken. A failure releases the count.</summary>
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
