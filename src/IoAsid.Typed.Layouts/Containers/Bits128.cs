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
        get => word switch
        {
            0 => Low,
            1 => High,
            _ => throw NoSuchWord.Of<Bits128>(word),
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits128 WithWord(int word, ulong value) => word switch
    {
        0 => this with { Low = value },
        1 => this with { High = value },
        _ => throw NoSuchWord.Of<Bits128>(word),
    };

    /// <inheritdoc/>
    public bool Intersects(in Bits128 mask) => ((Low & mask.Low) | (High & mask.High)) != 0;
}
