namespace IoAsid.Typed.Iommu;

/// <summary>Those who are told of changes. All are told, whatever one of them throws.</summary>
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

    /// <summary>Tells all of a changed range, and waits for all.</summary>
    public ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        Subscription[] all = _all;
        return all.Length == 0 ? default : WaitForAll(Array.ConvertAll(all, one => Tell(() => one.Observer.InvalidateAsync(range, onlyLeaves))));
    }

    /// <summary>Takes all off the list, tells them that the process has gone, and waits for all.</summary>
    public ValueTask ReleaseAsync()
    {
        Subscription[] all = _all;
        _all = [];
        return all.Length == 0 ? default : WaitForAll(Array.ConvertAll(all, one => Tell(one.Observer.ReleaseAsync)));
    }

    // One that throws at once has failed like one that fails later.
    private static async ValueTask Tell(Func<ValueTask> tell) => await tell();

    private static async ValueTask WaitForAll(ValueTask[] told)
    {
        List<Exception> failures = [];
        foreach (ValueTask one in told)
        {
            try
            {
                await one;
            }
#pragma warning disable CA1031 // It is thrown again when the others are done.
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
