using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The state words of <see cref="Size"/> numbers and, in a column of its own, the set that each belongs to.</summary>
/// <remarks>Words are apart from the data, so that the traffic of holds does not share cache lines with plain lookups.</remarks>
internal sealed class LifePage
{
    public const int SizeLog2 = 10;
    public const int Size = 1 << SizeLog2;

    private const uint SlotMask = Size - 1;

    private Words _words;
    private SetIndexes _sets;

    public LifePage(IoAsidSpace space, uint startGeneration)
    {
        Space = space;
        if (startGeneration != 0)
        {
            ((Span<ulong>)_words).Fill(LifeWord.Free(startGeneration).Bits);
        }
    }

    public IoAsidSpace Space { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong Word(uint id) => ref _words[(int)(id & SlotMask)];

    /// <summary>The index of the set that allocated the number last; valid only together with a word that is not free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int SetIndex(uint id) => ref _sets[(int)(id & SlotMask)];

    /// <summary>Gives up one reference. Whoever gives up the last one reclaims the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(uint id)
    {
        var left = new LifeWord(Interlocked.Decrement(ref Word(id)));
        if (left.IsFree)
        {
            Space.Reclaim(id, this, left);
        }
    }

    [InlineArray(Size)]
    private struct Words
    {
        private ulong _first;
    }

    [InlineArray(Size)]
    private struct SetIndexes
    {
        private int _first;
    }
}
