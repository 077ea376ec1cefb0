using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>
/// An attachment of a PASID of a device. It binds the id: the number is not used again before the kernel has detached it and each page request
/// that was read is disposed.
/// </summary>
public sealed class IommufdPasidAttachment : Attachment
{
    private readonly IoAsidBinding _binding;
    private int _uses = 1; // One for the attachment, one for each page request in service.

    internal IommufdPasidAttachment(IommufdDevice device, Hwpt hwpt, IoAsidSpace space, [TakesOwnership] IoAsidBinding binding)
        : base(device, hwpt, hwpt)
    {
        Space = space;
        _binding = binding;
    }

    /// <summary>The PASID that the device sends.</summary>
    public Pasid Pasid => _binding.Id.ToPasid();

    /// <summary>The id of the space that has the number of the PASID.</summary>
    public RawIoAsid Id => _binding.Id;

    internal IoAsidSpace Space { get; }

    internal override Pasid KernelPasid => Pasid;

    /// <summary>Returns the device, the PASID and the page table.</summary>
    public override string ToString() => $"PASID {Pasid} of {Device} attached to {Target}{(IsAttached ? "" : ", ended")}";

    internal override void BeginRequest() => Interlocked.Increment(ref _uses);

    internal override void EndRequest()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
            KernelDetach.Instance.End(_binding);
    }

    /// <summary>
    /// The drain of this library. The kernel's detach clears the PASID entry, invalidates the caches of unit and device, and waits for page
    /// requests (Linux 7.3 <c>intel_pasid_tear_down_entry</c>, <c>intel_iommu_drain_pasid_prq</c>, <c>iommufd_auto_response_faults</c>).
    /// </summary>
    private sealed class KernelDetach : IoAsidDrain
    {
        public static KernelDetach Instance { get; } = new();

        /// <summary>Ends a binding whose PASID the kernel has detached.</summary>
        public void End([TakesOwnership] IoAsidBinding binding) => binding.Complete(Certify(binding));
    }
}
