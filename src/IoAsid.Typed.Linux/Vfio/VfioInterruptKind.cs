namespace IoAsid.Typed.Linux;

/// <summary>A kind of interrupt of a PCI function (<c>VFIO_PCI_*_IRQ_INDEX</c>).</summary>
public enum VfioInterruptKind
{
    /// <summary>A pin. The kernel masks it at each interrupt.</summary>
    Intx = 0,

    /// <summary>MSI.</summary>
    Msi = 1,

    /// <summary>MSI-X.</summary>
    MsiX = 2,

    /// <summary>The function reported an error that cannot be corrected.</summary>
    Error = 3,

    /// <summary>The kernel requests the device back, for a removal or for another driver. Dispose the device soon.</summary>
    ReleaseRequest = 4,
}
