using System.Diagnostics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;

namespace IoAsid.Typed;

/// <summary>
/// A counted hold on an id in a scope: while it is open, the number is not used for anything else, also if the id is freed meanwhile. Take it with
/// <c>using</c>; it allocates nothing.
/// </summary>
/// <remarks>
/// Being a <c>ref struct</c> it stays on its thread and in its scope; for fields and <c>await</c> there is <see cref="IoAsidReference{TData}"/>. Copies are the
/// same hold: it is released once, by whichever is disposed first. A <c>default</c> hold is not held.
/// </remarks>
/// <typeparam name="TData">The data type of the set or reader it was taken through.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct IoAsidHold<TData> : IDisposable
    where TData : class
{
    private readonly TData? _data;
    private readonly LifePage? _lives;
    private readonly uint _id;

    // While there is a page, the ticket; otherwise the status.
    private readonly ulong _ticket;

    private IoAsidHold(IoAsidLookupStatus status) => _ticket = (ulong)status;

    private IoAsidHold(LifePage lives, uint id, TData data, ulong ticket)
    {
        _data = data;
        _lives = lives;
        _id = id;
        _ticket = ticket;
    }

    /// <summary>Whether the id is held, that is found and not yet released.</summary>
    public bool IsHeld => _lives is not null && HoldLedger.Current.IsOpen(_ticket);

    /// <summary>What the lookup found: <see cref="IoAsidLookupStatus.Found"/> for a hold, also after its release, otherwise why there is none.</summary>
    public IoAsidLookupStatus Status => _lives is not null ? IoAsidLookupStatus.Found : (IoAsidLookupStatus)_ticket;

    /// <summary>The data at the moment the hold was taken.</summary>
    /// <exception cref="InvalidOperationException">Nothing is held; ask <see cref="IsHeld"/> first.</exception>
    public TData Data => IsHeld ? _data! : throw NotHeld();

    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException">Nothing is held; ask <see cref="IsHeld"/> first.</exception>
    public RawIoAsid Id => IsHeld ? new RawIoAsid(_id) : throw NotHeld();

    /// <summary>Releases the hold. Further calls, also on copies, do nothing. If the id was freed and this was the last to hold it, the number is reclaimed here.</summary>
    public void Dispose()
    {
        if (_lives is not null && HoldLedger.Current.TryClose(_ticket))
        {
            if (_lives.Space.TracksHolders)
            {
                Untrack();
            }

            _lives.Release(_id);
        }
    }

    /// <summary>The number and data, or the status.</summary>
    public override string ToString() => IsHeld ? $"hold of {_id}: {_data}" : $"not held ({Status})";

    internal static IoAsidHold<TData> Take(IoAsidSet set, uint id)
    {
        // The ticket first: opening it can fail, and nothing is taken then.
        HoldLedger ledger = HoldLedger.Current;
        ulong ticket = ledger.Open();
        LifePage? lives = null;
        try
        {
            lives = set.Take(id, needsData: true, out object? data, out IoAsidLookupStatus status);
            if (lives is null)
            {
                return new(status);
            }

            if (lives.Space.TracksHolders)
            {
                ledger.Track(ticket, lives.Space.Track(lives, id, IoAsidHolderKind.Hold, device: null));
            }

            return new(lives, id, Unsafe.As<TData>(data!), ticket);
        }
        finally
        {
            if (lives is null)
            {
                ledger.TryClose(ticket);
            }
        }
    }

    private void Untrack()
    {
        if (HoldLedger.Current.Untrack(_ticket) is { } holder)
        {
            _lives!.Space.Untrack(_lives, _id, holder);
        }
    }

    private InvalidOperationException NotHeld() =>
        new(_lives is not null ? $"The hold of id {_id} was released; use its data inside the scope."
            : $"Nothing is held ({Status}); check IsHeld before using the data or id.");
}
