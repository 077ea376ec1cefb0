using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>64 raw bits. Converts to and from <see cref="ulong"/>.</summary>
/// <param name="Value">Bits 63:0.</param>
public readonly record struct Bits64(ulong Value) : IBits<Bits64>
{
    /// <inheritdoc/>
    public static int Words => 1;

    /// <inheritdoc/>
    public static int SizeInBytes => 8;

    /// <inheritdoc/>
    public ulong this[int word]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => word == 0 ? Value : throw WordAccess.NoSuchWord<Bits64>(word);
    }

    /// <summary>Returns the same bits.</summary>
    public static implicit operator ulong(Bits64 bits) => bits.Value;

    /// <summary>Returns the same bits.</summary>
    public static implicit operator Bits64(ulong value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public static Bits64 FromUInt64(ulong value) => new(value);

    /// <summary>Returns the same bits.</summary>
    public ulong ToUInt64() => Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bits64 WithWord(int word, ulong value) => word == 0 ? new(value) : throw WordAccess.NoSuchWord<Bits64>(word);

    /// <inheritdoc/>
    public bool Intersects(in Bits64 mask) => (Value & mask.Value) != 0;
}
