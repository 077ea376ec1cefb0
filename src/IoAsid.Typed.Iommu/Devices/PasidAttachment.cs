namespace IoAsid.Typed.Iommu;

/// <summary>A PASID that means something on a device, with its users counted.</summary>
internal sealed class PasidAttachment(IommuDevice device, IoAsidBinding binding)
{
    public IommuDevice Device { get; } = device;

    /// <summary>The hold on the PASID on behalf of the hardware; it ends with a drain.</summary>
    public IoAsidBinding Binding { get; } = binding;

    /// <summary>How often the device was attached and not detached.</summary>
    public int Users { get; set; }

    /// <summary>Whether the device may use the PASID: from when hardware is set up until the last user goes.</summary>
    public bool IsOpen => Users > 0;
}
