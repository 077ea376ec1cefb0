using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts;

/// <summary>128 raw bits.</summary>
/// <param name="Low">Bits 63:0.</param>
/// <param name="High">Bits 127:64.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Bits128(ulong Low, ulong High) : IBits<Bits128>
{
    /// <inheritdoc/>
    public static int Words => 2;

    /// <inheritdoc/>
    public static int SizeInBytes => 16;

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => WordAccess.Get(in this, word);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits128 WithWord(int word, ulong value) => WordAccess.With(this, word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Intersects(in Bits128 mask) => ((Low & mask.Low) | (High & mask.High)) != 0;
}
