using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>32 raw bits. Converts to and from <see cref="uint"/>.</summary>
/// <param name="Value">Bits 31:0.</param>
public readonly record struct Bits32(uint Value) : IBits<Bits32>
{
    /// <inheritdoc/>
    public static int Words => 1;

    /// <inheritdoc/>
    public static int SizeInBytes => 4;

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => word == 0 ? Value : throw WordAccess.NoSuchWord<Bits32>(word);
    }

    /// <summary>Returns the same bits.</summary>
    public static implicit operator uint(Bits32 bits) => bits.Value;

    /// <summary>Returns the same bits.</summary>
    public static implicit operator Bits32(uint value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public static Bits32 FromUInt32(uint value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public uint ToUInt32() => Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits32 WithWord(int word, ulong value) =>
        word == 0 ? new(unchecked((uint)value)) : throw WordAccess.NoSuchWord<Bits32>(word);

    /// <inheritdoc/>
    public bool Intersects(in Bits32 mask) => (Value & mask.Value) != 0;
}
