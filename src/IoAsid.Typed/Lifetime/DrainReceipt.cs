namespace IoAsid.Typed;

/// <summary>
/// The proof that nothing of a binding is under way any more: translations are invalidated, the device's requests have arrived, the page request queue
/// is empty of them. Only a driver's drain can make one.
/// </summary>
public sealed class DrainReceipt
{
    internal DrainReceipt(IoAsidBinding binding) => Binding = binding;

    /// <summary>The binding that was drained.</summary>
    public IoAsidBinding Binding { get; }

    /// <summary>The binding that was drained.</summary>
    public override string ToString() => $"receipt for the drain of {Binding}";
}
