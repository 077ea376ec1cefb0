using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>The words and owners of 1,024 numbers, as in a life page of the library: generation in the upper half of a word, references in the lower one.</summary>
internal sealed class FloorLives
{
    public const ulong Pending = 1UL << 29;
    public const ulong References = (1UL << 28) - 1;
    public const int GenerationShift = 32;

    private Words _words;
    private Owners _owners;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong Word(uint number) => ref Unsafe.Add(ref Unsafe.As<Words, ulong>(ref _words), number & (FloorPage.Size - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Owner(uint number) => ref Unsafe.Add(ref Unsafe.As<Owners, int>(ref _owners), number & (FloorPage.Size - 1));

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
