using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The data of <see cref="LifePage.Size"/> numbers of one root set, and the words of the same numbers.</summary>
/// <remarks>Data stands in the page itself: a lookup through the root is one load, and nothing is allocated per id.</remarks>
internal sealed class DataPage(LifePage lives)
{
    private Slots _slots;

    public LifePage Lives { get; } = lives;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref object? Data(uint id) => ref _slots[(int)(id & (LifePage.Size - 1))];

    [InlineArray(LifePage.Size)]
    private struct Slots
    {
        private object? _first;
    }
}
