using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The drain of a PASID of one device. After it no request of the device for the PASID is in flight (VT-d 7.10, Linux 6.12 <c>intel_iommu_drain_pasid_prq</c>).
/// Only this class makes drain receipts.
/// </summary>
/// <remarks>
/// The device has stopped using the PASID, and the PASID is revoked. The drain invalidates the device TLB, which pushes earlier page requests of the device
/// ahead of the completion. A wait descriptor then completes after these requests are in the page request queue. The driver reads the queue to its end, and
/// repeats all of this if the queue overflowed. It refuses the groups that are not served yet, waits for the groups that are being served, and finally waits
/// until all responses are sent. Requests may be in flight although the entry is no longer present.
/// </remarks>
internal sealed class PasidDrain(IommuDevice device) : IoAsidDrain
{
    /// <summary>
    /// Drains the PASID of a binding, detaches it from the device and ends the binding. After a failure the binding remains, and its number is not allocated
    /// again.
    /// </summary>
    /// <param name="binding">The binding of the PASID on the device.</param>
    /// <exception cref="IommuException">The unit does not work.</exception>
    public async ValueTask EndAsync([TakesOwnership] IoAsidBinding binding)
    {
        // Once the binding is complete, the number can be allocated and attached again. The device must have detached it before.
        await EndAsync(binding.Id.ToPasid());
        binding.Complete(Certify(binding));
    }

    /// <summary>Drains a PASID without a binding, and detaches it from the device.</summary>
    /// <exception cref="IommuException">The unit does not work. The PASID stays attached.</exception>
    public async ValueTask EndAsync(Pasid pasid)
    {
        await RunAsync(pasid);
        device.Detach(pasid);
    }

    /// <summary>Ends a binding whose PASID never reached the hardware.</summary>
    public void EndUnused([TakesOwnership] IoAsidBinding binding) => binding.Complete(Certify(binding));

    /// <summary>Drains a PASID without a binding, after an attempt to attach it failed.</summary>
    /// <exception cref="IommuException">The unit does not work.</exception>
    public async ValueTask RunAsync(Pasid pasid)
    {
        using DriverOperation? operation = DriverOperation.Start("drain", device, pasid);
        VtdDriver unit = device.Unit;
        long overflows;
        do
        {
            overflows = unit.PageRequests.Overflows;
            InvalidationBatch push = device.AppendDeviceTlbInvalidation(new InvalidationBatch(), pasid, Vtd.DeviceTlbRange.Everything);
            await unit.Invalidations.RunAsync(push, drainPageRequests: true);
            unit.ReadPageRequests();
            await device.PageRequests.QuiesceAsync(pasid);
        }
        while (unit.PageRequests.Overflows != overflows);

        await unit.Invalidations.RunAsync(new InvalidationBatch());
        operation?.Complete();
    }
}
