using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>The words and owners of 1,024 numbers, as in a life page of the library: generation in the upper half of a word, references in the lower one.</summary>
internal sealed class FloorLives
{
    public const ulong Pending = 1UL << 29;
    public const ulong References = (1UL << 28) - 1;
    public const int GenerationShift = 32;

    private const int Several = -2;

    private Words _words;
    private Owners _owners;
    private int _onlyOwner;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong Word(uint number) => ref Unsafe.Add(ref Unsafe.As<Words, ulong>(ref _words), number & (FloorPage.Size - 1));

    /// <summary>Returns the index of the set that allocated the number last: that of the only set whose ids the page has had, or the number's own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Owner(uint number)
    {
        int only = Volatile.Read(ref _onlyOwner);
        return only != Several ? only : Volatile.Read(ref Entry(number));
    }

    public void SetOwner(uint number, int index)
    {
        if (_onlyOwner == 0)
        {
            Volatile.Write(ref _onlyOwner, index);
            return;
        }

        if (_onlyOwner != Several)
            ((Span<int>)_owners).Fill(_onlyOwner);

        Volatile.Write(ref _onlyOwner, Several);
        Volatile.Write(ref Entry(number), index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Entry(uint number) => ref Unsafe.Add(ref Unsafe.As<Owners, int>(ref _owners), number & (FloorPage.Size - 1));

    [InlineArray(FloorPage.Size)]
    private struct Words
    {
        private ulong _first;
    }

    [InlineArray(FloorPage.Size)]
    private struct Owners
    {
        private int _first;
    }
}
