namespace IoAsid.Typed.Emulation;

/// <summary>The observers of one source, in the order of subscription. An enumeration allocates nothing.</summary>
/// <typeparam name="T">The type of the observers.</typeparam>
internal sealed class Observers<T>
    where T : class
{
    private T[] _all = [];

    /// <summary>The current observers. An enumeration is not affected by subscriptions that begin or end meanwhile.</summary>
    public ReadOnlySpan<T> All => _all;

    /// <summary>Adds an observer, until the returned object is disposed.</summary>
    public IDisposable Add(T observer)
    {
        AddPermanently(observer);
        return new Subscription(this, observer);
    }

    /// <summary>Adds an observer permanently.</summary>
    public void AddPermanently(T observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _all = [.. _all, observer];
    }

    private void Remove(T observer)
    {
        int at = Array.IndexOf(_all, observer);
        _all = [.. _all.AsSpan(0, at), .. _all.AsSpan(at + 1)];
    }

    private sealed class Subscription(Observers<T> observers, T observer) : IDisposable
    {
        private T? _observer = observer;

        public void Dispose()
        {
            if (_observer is not { } present)
                return;
            _observer = null;
            observers.Remove(present);
        }
    }
}
