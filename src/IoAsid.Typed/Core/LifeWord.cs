using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed.Core;

/// <summary>
/// The state of one number in 64 bits: its generation, four flags and the count of references. Changed only by interlocked operations
/// while anything refers to it, so that a holder which sees the generation sees the count of that very life.
/// </summary>
/// <remarks>Layout: generation 32 | Recorded | Writing | Pending | MayHaveNoData | references 28. No references and not pending means the number is free.</remarks>
internal readonly struct LifeWord(ulong bits)
{
    /// <summary>The most references one life can have.</summary>
    public const uint MaxReferences = (1u << 28) - 1;

    /// <summary>The id was allocated without data or was cleared once, so no data means <see cref="IoAsidLookupStatus.NoData"/>. Never reset in a life.</summary>
    public const ulong MayHaveNoData = 1UL << 28;

    /// <summary>The id was freed. Never reset in a life.</summary>
    public const ulong Pending = 1UL << 29;

    /// <summary>One writer has this id to itself: data, private id or bind count is about to change.</summary>
    public const ulong Writing = 1UL << 30;

    /// <summary>The life has a record in the side table. Never reset in a life.</summary>
    public const ulong Recorded = 1UL << 31;

    private const int GenerationShift = 32;

    public ulong Bits { get; } = bits;

    public uint Generation => (uint)(Bits >> GenerationShift);

    public uint References => (uint)Bits & MaxReferences;

    /// <summary>Whether nobody has the number. One whose last reference is gone is not free until its end was dealt with.</summary>
    public bool IsFree => (Bits & (MaxReferences | Pending)) == 0;

    public bool IsUnreferenced => References == 0;

    public bool CanHaveNoData => (Bits & MayHaveNoData) != 0;

    public bool IsPending => (Bits & Pending) != 0;

    public bool IsBeingWritten => (Bits & Writing) != 0;

    public bool IsRecorded => (Bits & Recorded) != 0;

    /// <summary>A number that is free and whose next life has this generation.</summary>
    public static LifeWord Free(uint generation) => new((ulong)generation << GenerationShift);

    public static LifeWord Read(ref ulong word) => new(Volatile.Read(ref word));

    /// <summary>Whether the life that the earlier word tells of goes on. The generation alone does not say: a retired number keeps its last one.</summary>
    public bool IsSameLife(LifeWord earlier) => (Bits ^ earlier.Bits) >> GenerationShift == 0 && !IsFree;

    /// <summary>Whether the life of this generation goes on and was not freed.</summary>
    public bool IsLive(uint generation) => Generation == generation && !IsFree && !IsPending;

    /// <summary>Returns true if the life of this generation was not freed, only the allocation refers to it, no writer has its turn and it has no record.</summary>
    public bool IsOnlyAllocated(uint generation) => (Bits & ~MayHaveNoData) == (Free(generation).Bits | 1);

    /// <summary>The word of a life that was freed and to which nothing refers.</summary>
    public LifeWord FreedAndReleased() => new((Bits | Pending) - 1);

    /// <summary>Whether the life of this generation has ended and its number was dealt with.</summary>
    public bool IsOver(uint generation) => Generation != generation || IsFree;

    /// <summary>The word of a new life: one reference, which belongs to the allocation itself.</summary>
    public LifeWord Begin(ulong flags) => new(Bits | flags | 1);

    /// <summary>Whether both words tell the same of the flags that are set once in a life and stay.</summary>
    public bool HasSameStickyFlags(LifeWord other) => ((Bits ^ other.Bits) & (MayHaveNoData | Pending)) == 0;

    /// <summary>Exchanges the word if it is still this one.</summary>
    public bool TryReplace(ref ulong word, ulong next) => Interlocked.CompareExchange(ref word, next, Bits) == Bits;

    /// <summary>Refuses a reference more than can be counted, before it is counted.</summary>
    public void ThrowIfFull(uint id)
    {
        if (References == MaxReferences)
            ThrowFull(id);
    }

    [DoesNotReturn]
    private static void ThrowFull(uint id) => throw new InvalidOperationException(
        $"Id {id} has {MaxReferences:N0} references, the most it can have; somebody takes holds and does not release them.");
}
