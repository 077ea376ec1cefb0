using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>16 raw bits. Converts to and from <see cref="ushort"/>.</summary>
/// <param name="Value">Bits 15:0.</param>
public readonly record struct Bits16(ushort Value) : IBits<Bits16>
{
    /// <inheritdoc/>
    public static int Words => 1;

    /// <inheritdoc/>
    public static int SizeInBytes => 2;

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => word == 0 ? Value : throw WordAccess.NoSuchWord<Bits16>(word);
    }

    /// <summary>Returns the same bits.</summary>
    public static implicit operator ushort(Bits16 bits) => bits.Value;

    /// <summary>Returns the same bits.</summary>
    public static implicit operator Bits16(ushort value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public static Bits16 FromUInt16(ushort value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public ushort ToUInt16() => Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits16 WithWord(int word, ulong value) =>
        word == 0 ? new(unchecked((ushort)value)) : throw WordAccess.NoSuchWord<Bits16>(word);

    /// <inheritdoc/>
    public bool Intersects(in Bits16 mask) => (Value & mask.Value) != 0;
}
