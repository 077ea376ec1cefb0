namespace IoAsid.Typed.Iommu;

/// <summary>The observers of an address space. A notification reaches all observers, even if one of them throws.</summary>
internal sealed class AddressSpaceObservers
{
    private Subscription[] _all = [];

    public int Count => _all.Length;

    public IDisposable Add(IAddressSpaceObserver observer)
    {
        Subscription subscription = new(this, observer);
        _all = [.. _all, subscription];
        return subscription;
    }

    /// <summary>Notifies all observers of a changed range, and waits for all of them.</summary>
    public ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        Subscription[] all = _all;
        return all.Length == 0 ? default : WaitForAll(Array.ConvertAll(all, one => NotifyAsync(() => one.Observer.InvalidateAsync(range, onlyLeaves))));
    }

    /// <summary>Unsubscribes all observers, notifies them of the exit, and waits for all of them.</summary>
    public ValueTask ReleaseAsync()
    {
        Subscription[] all = _all;
        _all = [];
        return all.Length == 0 ? default : WaitForAll(Array.ConvertAll(all, one => NotifyAsync(one.Observer.ReleaseAsync)));
    }

    // An observer that throws before its first wait is treated like one whose task fails.
    private static async ValueTask NotifyAsync(Func<ValueTask> notify) => await notify();

    private static async ValueTask WaitForAll(ValueTask[] notifications)
    {
        List<Exception> failures = [];
        foreach (ValueTask one in notifications)
        {
            try
            {
                await one;
            }
#pragma warning disable CA1031 // The exception is thrown again after all observers have completed.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures.Add(failure);
            }
        }

        if (failures.Count == 1)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures[0]);
        if (failures.Count > 1)
            throw new AggregateException(failures);
    }

    private sealed class Subscription(AddressSpaceObservers owner, IAddressSpaceObserver observer) : IDisposable
    {
        public IAddressSpaceObserver Observer => observer;

        public void Dispose() => owner._all = Array.FindAll(owner._all, other => other != this);
    }
}
