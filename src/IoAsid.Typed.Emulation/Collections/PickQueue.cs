using System.Numerics;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A queue from which an item at any index can be removed. The items are in the order of addition as long as only index 0 is removed. The queue grows to the
/// capacity that is needed, and then allocates nothing.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
internal sealed class PickQueue<T>
{
    private Slot[] _ring = new Slot[16];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The first item. The queue must not be empty.</summary>
    public ref readonly T First => ref _ring[_head].Item;

    public void Add(in T item)
    {
        if (Count == _ring.Length)
            Grow();
        At(Count) = item;
        Count++;
    }

    /// <summary>Removes and returns the item at an index. The first item moves to that index.</summary>
    public T RemoveAt(int index)
    {
        T item = At(index);
        if (index != 0)
            At(index) = First;
        _ring[_head] = default;
        _head = _head + 1 & _ring.Length - 1;
        Count--;
        return item;
    }

    private ref T At(int index) => ref _ring[_head + index & _ring.Length - 1].Item;

    private void Grow()
    {
        Slot[] larger = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)_ring.Length + 1)];
        for (int index = 0; index < Count; index++)
            larger[index].Item = At(index);
        _ring = larger;
        _head = 0;
    }

    // An array of structures has no covariance, so a reference to an element needs no check of its type.
    private struct Slot
    {
        public T Item;
    }
}
