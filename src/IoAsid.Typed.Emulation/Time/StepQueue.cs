using System.Numerics;

namespace IoAsid.Typed.Emulation;

/// <summary>Steps that could run, in the order they were posted. It grows to what is needed and then allocates no more.</summary>
internal sealed class StepQueue
{
    private Step[] _ring = new Step[64];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The step posted first, or <see cref="long.MaxValue"/> as its number.</summary>
    public long OldestNumber => Count == 0 ? long.MaxValue : _ring[_head].Number;

    /// <summary>What the step posted first is. Only while there is one.</summary>
    public string OldestName => _ring[_head].Name;

    public void Add(in Step step)
    {
        if (Count == _ring.Length)
            Grow();
        At(Count) = step;
        Count++;
    }

    /// <summary>Takes the step at a place; the one posted first fills it.</summary>
    public Step Take(int place)
    {
        Step step = At(place);
        At(place) = _ring[_head];
        _ring[_head] = default;
        _head = _head + 1 & _ring.Length - 1;
        Count--;
        return step;
    }

    private ref Step At(int place) => ref _ring[_head + place & _ring.Length - 1];

    private void Grow()
    {
        Step[] larger = new Step[(int)BitOperations.RoundUpToPowerOf2((uint)_ring.Length + 1)];
        for (int place = 0; place < Count; place++)
            larger[place] = At(place);
        _ring = larger;
        _head = 0;
    }
}
