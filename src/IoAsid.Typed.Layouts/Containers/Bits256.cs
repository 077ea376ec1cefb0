using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts;

/// <summary>256 raw bits.</summary>
/// <param name="Word0">Bits 63:0.</param>
/// <param name="Word1">Bits 127:64.</param>
/// <param name="Word2">Bits 191:128.</param>
/// <param name="Word3">Bits 255:192.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Bits256(ulong Word0, ulong Word1, ulong Word2 = 0, ulong Word3 = 0) : IBits<Bits256>
{
    /// <inheritdoc/>
    public static int Words => 4;

    /// <inheritdoc/>
    public static int SizeInBytes => 32;

    /// <summary>Bits 127:0.</summary>
    public Bits128 Lower => new(Word0, Word1);

    /// <summary>Bits 255:128.</summary>
    public Bits128 Upper => new(Word2, Word3);

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => WordAccess.Get(in this, word);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits256 WithWord(int word, ulong value) => WordAccess.With(this, word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Intersects(in Bits256 mask) =>
        ((Word0 & mask.Word0) | (Word1 & mask.Word1) | (Word2 & mask.Word2) | (Word3 & mask.Word3)) != 0;
}
