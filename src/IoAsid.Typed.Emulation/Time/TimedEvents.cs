namespace IoAsid.Typed.Emulation;

/// <summary>A binary heap of events, ordered by due time. Events can be removed before they are due.</summary>
internal sealed class TimedEvents
{
    private TimedEvent[] _heap = new TimedEvent[16];
    private int _count;
    private long _added;

    /// <summary>The due time of the first event; <see cref="Nanoseconds.Never"/> if the heap is empty.</summary>
    public long NextDue => _count == 0 ? Nanoseconds.Never : _heap[0].Due;

    public void Add(TimedEvent item, long due)
    {
        item.Due = due;
        item.Number = _added++;
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        SiftUp(item, _count++);
    }

    public TimedEvent RemoveFirst()
    {
        TimedEvent first = _heap[0];
        Remove(first);
        return first;
    }

    /// <summary>Removes an event. Does nothing if the event is not in the heap.</summary>
    public void Remove(TimedEvent item)
    {
        int index = item.HeapIndex;
        if (index == TimedEvent.NotQueued)
            return;
        item.HeapIndex = TimedEvent.NotQueued;
        TimedEvent last = _heap[--_count];
        _heap[_count] = null!;
        if (last == item)
            return;
        SiftDown(last, index);
        if (last.HeapIndex == index)
            SiftUp(last, index);
    }

    private void SiftUp(TimedEvent item, int index)
    {
        while (index > 0 && item.IsBefore(_heap[(index - 1) / 2]))
        {
            Set(_heap[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        Set(item, index);
    }

    private void SiftDown(TimedEvent item, int index)
    {
        for (int child = 2 * index + 1; child < _count; child = 2 * index + 1)
        {
            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child]))
                child++;
            if (!_heap[child].IsBefore(item))
                break;
            Set(_heap[child], index);
            index = child;
        }

        Set(item, index);
    }

    private void Set(TimedEvent item, int index)
    {
        _heap[index] = item;
        item.HeapIndex = index;
    }
}
