namespace IoAsid.Typed.Iommu;

/// <summary>The use of a PASID on one device, with the number of its users.</summary>
internal sealed class PasidAttachment(IommuDevice device, IoAsidBinding binding)
{
    public IommuDevice Device { get; } = device;

    /// <summary>The hold on the PASID on behalf of the hardware. A drain ends it.</summary>
    public IoAsidBinding Binding { get; } = binding;

    /// <summary>The number of attachments without a matching detachment.</summary>
    public int Users { get; set; }

    /// <summary>Gets a value indicating whether the device may use the PASID: from the end of the hardware's set-up until the last user detaches.</summary>
    public bool IsOpen => Users > 0;
}
