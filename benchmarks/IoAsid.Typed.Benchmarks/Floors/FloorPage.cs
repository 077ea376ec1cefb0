using System.Runtime.CompilerServices;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>The data of 1,024 numbers of one root, as in a data page of the library.</summary>
internal sealed class FloorPage(FloorLives lives)
{
    public const int SizeLog2 = 10;
    public const int Size = 1 << SizeLog2;

    /// <summary>The only set that has used the page; null after a second one.</summary>
    public FloorSet? User;

    /// <summary>The number of times that a number of the page went from one set to another.</summary>
    public ulong OwnerChanges;

    /// <summary>The number of live ids, by which an empty page is noticed.</summary>
    public int Count;

    public readonly FloorLives Lives = lives;

    private Slots _slots;
    private Owners _owners;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Data? Slot(uint number) => ref Unsafe.Add(ref Unsafe.As<Slots, Data?>(ref _slots), number & (Size - 1));

    /// <summary>Returns the index of the set that allocated the number last. It is beside the data, so that a lookup through a subset reads no other page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ushort Owner(uint number) => ref Unsafe.Add(ref Unsafe.As<Owners, ushort>(ref _owners), number & (Size - 1));

    public void SetOwner(uint number, FloorSet set) => Volatile.Write(ref Owner(number), (ushort)set.Index);

    [InlineArray(Size)]
    private struct Slots
    {
        private Data? _first;
    }

    [InlineArray(Size)]
    private struct Owners
    {
        private ushort _first;
    }
}
