namespace IoAsid.Typed;

/// <summary>A quota or a capacity reservation exceeds the free room. Nothing changed.</summary>
public sealed class IoAsidQuotaException : InvalidOperationException
{
    internal IoAsidQuotaException(string request, long requested, long available)
        : base($"{request} requests {requested} ids and {available} are free. Request fewer ids, close unused sets, or free unused ids.")
    {
        Requested = requested;
        Available = available;
    }

    /// <summary>The number of requested ids.</summary>
    public long Requested { get; }

    /// <summary>The number of ids that were free.</summary>
    public long Available { get; }
}
