using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts;

/// <summary>512 raw bits.</summary>
/// <param name="Word0">Bits 63:0.</param>
/// <param name="Word1">Bits 127:64.</param>
/// <param name="Word2">Bits 191:128.</param>
/// <param name="Word3">Bits 255:192.</param>
/// <param name="Word4">Bits 319:256.</param>
/// <param name="Word5">Bits 383:320.</param>
/// <param name="Word6">Bits 447:384.</param>
/// <param name="Word7">Bits 511:448.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Bits512(
    ulong Word0,
    ulong Word1,
    ulong Word2,
    ulong Word3 = 0,
    ulong Word4 = 0,
    ulong Word5 = 0,
    ulong Word6 = 0,
    ulong Word7 = 0) : IBits<Bits512>
{
    /// <inheritdoc/>
    public static int Words => 8;

    /// <inheritdoc/>
    public static int SizeInBytes => 64;

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => WordAccess.Get(in this, word);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits512 WithWord(int word, ulong value) => WordAccess.With(this, word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Intersects(in Bits512 mask) =>
        ((Word0 & mask.Word0) | (Word1 & mask.Word1) | (Word2 & mask.Word2) | (Word3 & mask.Word3)
        | (Word4 & mask.Word4) | (Word5 & mask.Word5) | (Word6 & mask.Word6) | (Word7 & mask.Word7)) != 0;
}
