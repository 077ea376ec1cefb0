namespace IoAsid.Typed.Emulation;

/// <summary>Those who are told of something, in the order they asked. Telling them allocates nothing.</summary>
/// <typeparam name="T">What an observer is.</typeparam>
internal sealed class Observers<T>
    where T : class
{
    private T[] _all = [];

    /// <summary>Everyone; not changed by observers that come or go while it is walked.</summary>
    public ReadOnlySpan<T> All => _all;

    /// <summary>Adds one.</summary>
    public IDisposable Add(T observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _all = [.. _all, observer];
        return new Subscription(this, observer);
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
