namespace IoAsid.Typed;

/// <summary>
/// The proof that a binding has no request in flight: translations are invalidated, the device's requests have arrived, and the page request queue
/// has no request of the binding. Only a driver's drain can make one.
/// </summary>
public sealed class DrainReceipt
{
    internal DrainReceipt(IoAsidBinding binding) => Binding = binding;

    /// <summary>The binding that was drained.</summary>
    public IoAsidBinding Binding { get; }

    /// <summary>Returns a text that names the binding.</summary>
    public override string ToString() => $"receipt for the drain of {Binding}";
}
