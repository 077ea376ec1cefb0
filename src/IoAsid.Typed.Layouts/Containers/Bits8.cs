using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>8 raw bits. Converts to and from <see cref="byte"/>.</summary>
/// <param name="Value">Bits 7:0.</param>
public readonly record struct Bits8(byte Value) : IBits<Bits8>
{
    /// <inheritdoc/>
    public static int Words => 1;

    /// <inheritdoc/>
    public static int SizeInBytes => 1;

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => word == 0 ? Value : throw WordAccess.NoSuchWord<Bits8>(word);
    }

    /// <summary>Returns the same bits.</summary>
    public static implicit operator byte(Bits8 bits) => bits.Value;

    /// <summary>Returns the same bits.</summary>
    public static implicit operator Bits8(byte value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public static Bits8 FromByte(byte value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public byte ToByte() => Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits8 WithWord(int word, ulong value) =>
        word == 0 ? new(unchecked((byte)value)) : throw WordAccess.NoSuchWord<Bits8>(word);

    /// <inheritdoc/>
    public bool Intersects(in Bits8 mask) => (Value & mask.Value) != 0;
}
