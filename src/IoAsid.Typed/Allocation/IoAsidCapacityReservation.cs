using IoAsid.Typed.Allocation;

namespace IoAsid.Typed;

/// <summary>Room for ids that nobody else can use until it is given back, such as the headroom a host keeps for itself. Dispose it to give it all back.</summary>
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

    /// <summary>How many ids there is room for.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Gives back a part.</summary>
    /// <param name="count">How many; not more than are left.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than are left, or negative. Nothing changed.</exception>
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

    /// <summary>Gives back all that is left. Further calls do nothing.</summary>
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
