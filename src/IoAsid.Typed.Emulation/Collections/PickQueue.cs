using System.Numerics;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A queue from which any place can be taken: in turn, what was added first; by a seed, any. It grows to what is needed and then
/// allocates no more.
/// </summary>
/// <typeparam name="T">What is queued.</typeparam>
internal sealed class PickQueue<T>
    where T : struct
{
    private T[] _ring = new T[16];
    private int _head;

    public int Count { get; private set; }

    /// <summary>What is at the front. Only while there is something.</summary>
    public ref readonly T First => ref _ring[_head];

    public void Add(in T item)
    {
        if (Count == _ring.Length)
            Grow();
        At(Count) = item;
        Count++;
    }

    /// <summary>Takes what is at a place; what was at the front fills it.</summary>
    public T Take(int place)
    {
        T item = At(place);
        At(place) = _ring[_head];
        _ring[_head] = default;
        _head = _head + 1 & _ring.Length - 1;
        Count--;
        return item;
    }

    private ref T At(int place) => ref _ring[_head + place & _ring.Length - 1];

    private void Grow()
    {
        T[] larger = new T[(int)BitOperations.RoundUpToPowerOf2((uint)_ring.Length + 1)];
        for (int place = 0; place < Count; place++)
            larger[place] = At(place);
        _ring = larger;
        _head = 0;
    }
}
