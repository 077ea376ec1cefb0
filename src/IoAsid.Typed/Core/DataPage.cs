using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The data of <see cref="LifePage.Size"/> numbers of one root set.</summary>
/// <remarks>
/// The page has the data itself: a lookup through the root is one load, and an id needs no object of its own. The owners of a page that several sets use are beside the
/// data, in 16 bits each, so that a lookup through a subset reads no other page.
/// </remarks>
internal sealed class DataPage : DataBlock
{
    private Slots _slots;
    private Owners _owners;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref object? Data(uint id) => ref Unsafe.Add(ref Unsafe.As<Slots, object?>(ref _slots), id & (LifePage.Size - 1));

    /// <summary>
    /// Returns the index of the set that allocated the number last, or 0 if the index needs more than 16 bits. Also 0 until several sets use the page. Valid together with data.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ushort Owner(uint id) => ref Unsafe.Add(ref Unsafe.As<Owners, ushort>(ref _owners), id & (LifePage.Size - 1));

    /// <summary>Returns a set index as <see cref="Owner"/> has it.</summary>
    public static ushort OwnerOf(int setIndex) => setIndex <= ushort.MaxValue ? (ushort)setIndex : (ushort)0;

    /// <summary>Copies the owners of all numbers. Call inside the gate, after a fence that follows the change of <see cref="DataBlock.Use"/>.</summary>
    public void CopyOwners()
    {
        for (uint slot = 0; slot < LifePage.Size; slot++)
            Owner(slot) = OwnerOf(Lives.OwnerIndexInGate(slot));
    }

    [InlineArray(LifePage.Size)]
    private struct Owners
    {
        private ushort _first;
    }

    [InlineArray(LifePage.Size)]
    private struct Slots
    {
        private object? _first;
    }
}
