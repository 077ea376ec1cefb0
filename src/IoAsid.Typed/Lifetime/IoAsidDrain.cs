namespace IoAsid.Typed;

/// <summary>
/// The base class of a driver's drain, whose last step certifies the drain. No other code can make a <see cref="DrainReceipt"/>, so a binding
/// cannot end without a drain.
/// </summary>
/// <remarks>
/// On VT-d a drain is: clear the PASID entry, invalidate PASID cache, IOTLB and device TLB, wait with the page-request drain bit, and repeat while the
/// queue overflowed (revision 4.1, section 7.10).
/// </remarks>
public abstract class IoAsidDrain
{
    /// <summary>Certifies a drain. Call this after the last request of the binding has arrived, and not before.</summary>
    /// <param name="binding">The binding that was drained.</param>
    /// <returns>The receipt that <see cref="IoAsidBinding.Complete"/> requires.</returns>
#pragma warning disable CA1822 // An instance method, so that only a drain can call it.
    protected DrainReceipt Certify(IoAsidBinding binding)
#pragma warning restore CA1822
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new DrainReceipt(binding);
    }
}
