using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Makes sure that nothing of a PASID of a device is under way any more: the only place where drain receipts come from (VT-d 7.10, Linux
/// intel_iommu_drain_pasid_prq).
/// </summary>
/// <remarks>
/// The device has stopped using the PASID, and its entry is revoked. Then: an invalidation of its device TLB, whose completion pushes ahead what it sent
/// before; a wait that has page requests in their ring; the ring read to its end, and again if it overflowed; what waits for an answer refused, what is being
/// served awaited; and a last wait for the answers to be out. It does not matter that the entry is absent already: requests may be under way all the same.
/// </remarks>
internal sealed class PasidDrain(IommuDevice device) : IoAsidDrain
{
    /// <summary>Drains a binding, detaches the device and ends the binding. If that fails the binding goes on, and its number is not used again.</summary>
    /// <param name="binding">The binding of the PASID on the device.</param>
    /// <exception cref="IommuException">The unit does not work any more.</exception>
    public async ValueTask EndAsync([TakesOwnership] IoAsidBinding binding)
    {
        await RunAsync(binding.Id.ToPasid());
        // With the binding the number may become somebody else's, who binds it here: the device must have forgotten it by then.
        device.Detach(binding.Id.ToPasid());
        binding.Complete(Certify(binding));
    }

    /// <summary>Drains a PASID that nothing is bound to: an attempt that failed.</summary>
    /// <exception cref="IommuException">The unit does not work any more.</exception>
    public async ValueTask RunAsync(Pasid pasid)
    {
        VtdDriver unit = device.Unit;
        long overflows;
        do
        {
            overflows = unit.PageRequests.Overflows;
            InvalidationBatch push = device.AppendDeviceTlb(new InvalidationBatch(), pasid, Vtd.DeviceTlbRange.Everything);
            await unit.Invalidations.RunAsync(push, drainPageRequests: true);
            unit.ReadPageRequests();
            await device.PageRequests.QuiesceAsync(pasid);
        }
        while (unit.PageRequests.Overflows != overflows);

        await unit.Invalidations.RunAsync(new InvalidationBatch());
    }
}
