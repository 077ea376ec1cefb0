using IoAsid.Typed.Allocation;

namespace IoAsid.Typed;

/// <summary>Room for ids that is set aside until it is released, such as the headroom of a host. Disposal releases the whole room.</summary>
/// <remarks>Safe to use from any thread.</remarks>
public sealed class IoAsidCapacityReservation : IDisposable
{
    private readonly NumberPool _pool;
    private readonly Budget _budget;
    private long _count;

    internal IoAsidCapacityReservation(NumberPool pool, Budget budget, long count)
    {
        _pool = pool;
        _budget = budget;
        _count = count;
    }

    /// <summary>The number of ids for which the reservation has room.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Releases a part of the room.</summary>
    /// <param name="count">The number of ids, from 0 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or above <see cref="Count"/>. Nothing changed.</exception>
    public void Release(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        using (_pool.Enter())
        {
            if (count <= _count)
            {
                GiveBack(count);
                return;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(count), count, $"The reservation has {Count} left.");
    }

    /// <summary>Releases the rest of the room. Further calls do nothing.</summary>
    public void Dispose()
    {
        using (_pool.Enter())
            GiveBack(_count);
    }

    private void GiveBack(long count)
    {
        _count -= count;
        _budget.TakeBack(count);
    }
}
