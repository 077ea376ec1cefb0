namespace IoAsid.Typed.Emulation;

/// <summary>Events by their time: a binary heap that also gives up events before their time.</summary>
internal sealed class TimedEvents
{
    private TimedEvent[] _heap = new TimedEvent[16];
    private int _count;
    private long _added;

    /// <summary>The time of the first event; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDue => _count == 0 ? long.MaxValue : _heap[0].Due;

    public void Add(TimedEvent item, long due)
    {
        item.Due = due;
        item.Number = _added++;
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        SiftUp(item, _count++);
    }

    public TimedEvent TakeFirst()
    {
        TimedEvent first = _heap[0];
        Remove(first);
        return first;
    }

    /// <summary>Takes an event out; nothing happens when it is not in.</summary>
    public void Remove(TimedEvent item)
    {
        int place = item.Place;
        if (place == TimedEvent.NotQueued)
            return;
        item.Place = TimedEvent.NotQueued;
        TimedEvent last = _heap[--_count];
        _heap[_count] = null!;
        if (last == item)
            return;
        SiftDown(last, place);
        if (last.Place == place)
            SiftUp(last, place);
    }

    private void SiftUp(TimedEvent item, int place)
    {
        while (place > 0 && item.IsBefore(_heap[(place - 1) / 2]))
        {
            Put(_heap[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(item, place);
    }

    private void SiftDown(TimedEvent item, int place)
    {
        for (int child = 2 * place + 1; child < _count; child = 2 * place + 1)
        {
            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child]))
                child++;
            if (!_heap[child].IsBefore(item))
                break;
            Put(_heap[child], place);
            place = child;
        }

        Put(item, place);
    }

    private void Put(TimedEvent item, int place)
    {
        _heap[place] = item;
        item.Place = place;
    }
}
