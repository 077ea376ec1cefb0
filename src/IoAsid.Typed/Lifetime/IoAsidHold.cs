using System.Diagnostics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;

namespace IoAsid.Typed;

/// <summary>
/// A counted hold on an id in a scope. While the hold is open, the number has no next life, also if the id is freed meanwhile. Take it with
/// <c>using</c>. It allocates no memory.
/// </summary>
/// <remarks>
/// A <c>ref struct</c> stays on its thread and in its scope. For fields and <c>await</c>, take an <see cref="IoAsidReference{TData}"/>. Copies are the
/// same hold, which the disposal of the first copy releases. A <c>default</c> hold is not held.
/// </remarks>
/// <typeparam name="TData">The data type of the set or reader of the lookup.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct IoAsidHold<TData> : IDisposable
    where TData : class
{
    private readonly TData? _data;
    private readonly HoldLedger? _ledger;
    private readonly LifePage? _lives;
    private readonly uint _id;

    // With a page, the ticket; without, the status.
    private readonly ulong _ticket;

    private IoAsidHold(IoAsidLookupStatus status) => _ticket = (ulong)status;

    private IoAsidHold(LifePage lives, uint id, TData data, HoldLedger ledger, ulong ticket)
    {
        _data = data;
        _ledger = ledger;
        _lives = lives;
        _id = id;
        _ticket = ticket;
    }

    /// <summary>Gets a value indicating whether the id is held: found and not released.</summary>
    public bool IsHeld => _ledger is not null && _ledger.IsOpen(_ticket);

    /// <summary>The status of the lookup: <see cref="IoAsidLookupStatus.Found"/> for a hold, also after its release; otherwise the reason.</summary>
    public IoAsidLookupStatus Status => _lives is not null ? IoAsidLookupStatus.Found : (IoAsidLookupStatus)_ticket;

    /// <summary>The data at the moment the hold was taken.</summary>
    /// <exception cref="InvalidOperationException"><see cref="IsHeld"/> is false.</exception>
    public TData Data => IsHeld ? _data! : throw NotHeld();

    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException"><see cref="IsHeld"/> is false.</exception>
    public RawIoAsid Id => IsHeld ? new RawIoAsid(_id) : throw NotHeld();

    /// <summary>Releases the hold. Further calls, also on copies, do nothing. The release of the last reference to a freed id reclaims the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        if (_ledger is not { } ledger)
            return;

        if (ledger.IsLatest(_ticket) && !_lives!.IsTracked)
        {
            ledger.CloseLatest(_ticket);
            _lives.Release(_id);
        }
        else
        {
            DisposeWithCare(ledger, _ticket, _lives!, _id);
        }
    }

    /// <summary>Releases a hold that is not the innermost one, or that was released before, or whose holder is tracked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DisposeWithCare(HoldLedger ledger, ulong ticket, LifePage lives, uint id)
    {
        if (!ledger.TryClose(ticket))
            return;

        if (lives.IsTracked && ledger.Untrack(ticket) is { } holder)
            lives.Space.Lifecycle.Untrack(lives, id, holder);

        lives.Release(id);
    }

    /// <summary>Returns the number and data, or the status.</summary>
    public override string ToString() => IsHeld ? $"hold of {_id}: {_data}" : $"not held ({Status})";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static IoAsidHold<TData> Take(IoAsidSet set, uint id)
    {
        HoldLedger? ledger = HoldLedger.CurrentOrNull;
        return ledger is not null && ledger.HasRoom && set.TryFindPages(id, out DataPage? page, out LifePage? lives) && set.TryTakeAtOnce(page, lives, id, out object? data)
            ? Open(lives, id, data, ledger)
            : TakeWithCare(set, id);
    }

    /// <summary>Takes the hold in the long way: waits for a free between its two stores, tracks the holder, and finds the reason of a failure.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IoAsidHold<TData> TakeWithCare(IoAsidSet set, uint id)
    {
        // Room for the ticket first: a failure comes before anything is taken.
        HoldLedger ledger = HoldLedger.Current;
        ledger.EnsureRoom();
        LifePage? lives = set.Take(id, needsData: true, out object? data, out IoAsidLookupStatus status);
        if (lives is null)
            return new(status);

        return lives.IsTracked ? OpenTracked(lives, id, data, ledger) : Open(lives, id, data, ledger);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static IoAsidHold<TData> Open(LifePage lives, uint id, object? data, HoldLedger ledger) =>
        new(lives, id, Unsafe.As<TData>(data!), ledger, ledger.Open());

    private static IoAsidHold<TData> OpenTracked(LifePage lives, uint id, object? data, HoldLedger ledger)
    {
        IoAsidHold<TData> hold = Open(lives, id, data, ledger);
        try
        {
            ledger.EnsureRoomForHolder();
            ledger.Track(hold._ticket, lives.Space.Lifecycle.Track(lives, id, IoAsidHolderKind.Hold));
            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private InvalidOperationException NotHeld() =>
        new(_lives is not null ? $"The hold of id {_id} was released; use its data inside the scope."
            : $"Nothing is held ({Status}); check IsHeld before using the data or id.");
}
