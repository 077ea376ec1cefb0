namespace IoAsid.Typed;

/// <summary>A quota or a capacity reservation exceeds the free room. Nothing changed.</summary>
public sealed class IoAsidQuotaException : InvalidOperationException
{
    internal IoAsidQuotaException(string what, long requested, long available)
        : base($"{what} asks for {requested} ids and {available} are free. Ask for less, or close or free what is not needed.")
    {
        Requested = requested;
        Available = available;
    }

    /// <summary>The number of requested ids.</summary>
    public long Requested { get; }

    /// <summary>The number of ids that were free.</summary>
    public long Available { get; }
}
