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
    private const int Held = 0;
    private const int HeldAndTracked = 1;
    private const int Released = 2;

    private readonly LifePage _lives;
    private readonly uint _id;

    // The data; in a space that tracks holders, the holder with the data. One field, so that the object is short.
    private object? _content;
    private int _state;

    private protected IoAsidReference(LifePage lives, uint id)
    {
        FaultPoint.Allocation();
        _lives = lives;
        _id = id;
    }

    /// <summary>The number. Readable also after the release, when another id may have the number.</summary>
    public RawIoAsid Id => new(_id);

    /// <summary>Gets a value indicating whether the reference was released.</summary>
    public bool IsReleased => Volatile.Read(ref _state) == Released;

    /// <summary>The data at the moment the reference was taken; null if the reference was taken without data.</summary>
    private protected object? DataOfHold => _content is TrackedContent tracked ? tracked.Data : _content;

    /// <summary>Releases the reference. Further calls do nothing. The release of the last reference to a freed id reclaims the number.</summary>
    public void Dispose()
    {
        int before = Interlocked.Exchange(ref _state, Released);
        if (before == Held)
            _lives.Release(_id);
        else if (before == HeldAndTracked)
            ReleaseTracked();
    }

    /// <summary>Returns the number, and whether the reference was released.</summary>
    public override string ToString() => $"reference to {_id}{(IsReleased ? ", released" : "")}";

    /// <summary>Makes the object for a count that the caller has taken. A failure releases the count.</summary>
    internal static IoAsidReference Of(LifePage lives, uint id)
    {
        try
        {
            IoAsidReference made = new(lives, id);
            made.Track();
            return made;
        }
        catch
        {
            lives.Release(id);
            throw;
        }
    }

    /// <summary>Stores the data of the id. Call at most once, before <see cref="Track"/>, and before another thread can see the object.</summary>
    private protected void StoreData(object? data) => _content = data;

    /// <summary>Records the holder, in a space that tracks holders. Call after the count is taken.</summary>
    private protected void Track()
    {
        if (!_lives.IsTracked)
            return;

        FaultPoint.Allocation();
        TrackedContent tracked = new(_content);
        tracked.Holder = _lives.Space.Lifecycle.Track(_lives, _id, IoAsidHolderKind.Reference);
        _content = tracked;
        _state = HeldAndTracked;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseTracked()
    {
        if (_content is TrackedContent { Holder: { } holder })
            _lives.Space.Lifecycle.Untrack(_lives, _id, holder);

        _lives.Release(_id);
    }

    /// <summary>The data of a reference together with its holder.</summary>
    private sealed class TrackedContent(object? data)
    {
        public object? Data { get; } = data;

        public IoAsidHolder? Holder { get; set; }
    }
}

/// <summary>A counted hold on an id as an object, with the data at the moment of the hold.</summary>
/// <typeparam name="TData">The data type of the set or reader of the lookup.</typeparam>
public sealed class IoAsidReference<TData> : IoAsidReference
    where TData : class
{
    private IoAsidReference(LifePage lives, uint id)
        : base(lives, id)
    {
    }

    /// <summary>The data at the moment the reference was taken. Readable until the release, also after a free of the id.</summary>
    /// <exception cref="ObjectDisposedException">The reference was released.</exception>
    public TData Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsReleased, this);
            return Unsafe.As<TData>(DataOfHold!);
        }
    }

    /// <summary>Tries to hold an id of a set with its data.</summary>
    /// <returns>The reference; null if the id has no data in the set.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SuppressMessage("Reliability", "CA2000", Justification = "An object without a count has nothing to release.")]
    internal static IoAsidReference<TData>? TryTake(IoAsidSet set, uint id)
    {
        // No object is made in a space that tracks holders, or for a number without data.
        if (set.ShortHolds != ShortHolds.None && set.TryFindPages(id, out DataPage? page, out LifePage? lives) && Volatile.Read(ref page.Data(id)) is not null)
        {
            // Made before its count is taken, so that memory cannot be missing afterwards. Word and data are read after it: the compiler would keep earlier values on the stack.
            IoAsidReference<TData> made = new(lives, id);
            if (set.TryTakeAtOnce(page, lives, id, out object? data))
            {
                made.StoreData(data);
                return made;
            }
        }

        return TakeInSteps(set, id);
    }

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
            IoAsidReference<TData> made = new(lives, id);
            made.StoreData(data);
            made.Track();
            return made;
        }
        catch
        {
            lives.Release(id);
            throw;
        }
    }
}
