using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed.Core;

/// <summary>
/// The state of one number in 64 bits: its generation, four flags and the count of references. While references exist, the word is changed only by interlocked
/// operations, so a thread that sees the generation sees the count of the same life.
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

    /// <summary>A writer has its turn at this id: data, private id or bind count is about to change.</summary>
    public const ulong Writing = 1UL << 30;

    /// <summary>The life has a record in the side table. Never reset in a life.</summary>
    public const ulong Recorded = 1UL << 31;

    private const int GenerationShift = 32;

    public ulong Bits { get; } = bits;

    public uint Generation => (uint)(Bits >> GenerationShift);

    public uint References => (uint)Bits & MaxReferences;

    /// <summary>Gets a value indicating whether the number is free. A number without references becomes free when its reclaim completes.</summary>
    public bool IsFree => (Bits & (MaxReferences | Pending)) == 0;

    /// <summary>Gets a value indicating whether the life was not freed and has fewer than the most references.</summary>
    public bool CanTakeOneMore => (Bits & (Pending | MaxReferences)) - 1 < MaxReferences - 1;

    public bool IsUnreferenced => References == 0;

    public bool CanHaveNoData => (Bits & MayHaveNoData) != 0;

    public bool IsPending => (Bits & Pending) != 0;

    public bool IsBeingWritten => (Bits & Writing) != 0;

    public bool IsRecorded => (Bits & Recorded) != 0;

    /// <summary>Returns the word of a free number whose next life has this generation.</summary>
    public static LifeWord Free(uint generation) => new((ulong)generation << GenerationShift);

    /// <summary>Returns the word of a new life of a free number, with one reference, which belongs to the allocation itself.</summary>
    public static ulong Begin(ulong free, ulong flags) => free | flags | 1;

    public static LifeWord Read(ref ulong word) => new(Volatile.Read(ref word));

    /// <summary>Returns true if the life of the earlier word continues. The generation alone is not enough, because a retired number keeps its last generation.</summary>
    public bool IsSameLife(LifeWord earlier) => (Bits ^ earlier.Bits) >> GenerationShift == 0 && !IsFree;

    /// <summary>Returns true if the life of this generation continues and was not freed.</summary>
    public bool IsLive(uint generation) => Generation == generation && !IsFree && !IsPending;

    /// <summary>Returns true if the life of this generation was not freed, only the allocation refers to it, no writer has its turn and it has no record.</summary>
    public bool IsOnlyAllocated(uint generation) => (Bits & ~MayHaveNoData) == (Free(generation).Bits | 1);

    /// <summary>Returns the word of the same life, freed and without references.</summary>
    public LifeWord FreedAndReleased() => new((Bits | Pending) - 1);

    /// <summary>Returns true if the life of this generation has ended and its number was reclaimed.</summary>
    public bool IsOver(uint generation) => Generation != generation || IsFree;

    /// <summary>Returns true if both words agree in the flags that are never reset in a life.</summary>
    public bool HasSameStickyFlags(LifeWord other) => ((Bits ^ other.Bits) & (MayHaveNoData | Pending)) == 0;

    /// <summary>Tries to exchange the word, if it is still this one.</summary>
    public bool TryReplace(ref ulong word, ulong next) => Interlocked.CompareExchange(ref word, next, Bits) == Bits;

    /// <summary>Throws if the life has the most references that can be counted.</summary>
    public void ThrowIfFull(uint id)
    {
        if (References == MaxReferences)
            ThrowFull(id);
    }

    [DoesNotReturn]
    private static void ThrowFull(uint id) => throw new InvalidOperationException(
        $"Id {id} has {MaxReferences:N0} references, the most it can have. Holds are taken and not released; release them.");
}
