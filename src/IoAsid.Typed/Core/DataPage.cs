using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The data of <see cref="LifePage.Size"/> numbers of one root set.</summary>
/// <remarks>The page has the data itself: a lookup through the root is one load, and an id needs no object of its own.</remarks>
internal sealed class DataPage : DataBlock
{
    private Slots _slots;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref object? Data(uint id) => ref Unsafe.Add(ref Unsafe.As<Slots, object?>(ref _slots), id & (LifePage.Size - 1));

    [InlineArray(LifePage.Size)]
    private struct Slots
    {
        private object? _first;
    }
}
