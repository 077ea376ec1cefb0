namespace IoAsid.Typed.Linux;

/// <summary>A region of a PCI function (<c>VFIO_PCI_*_REGION_INDEX</c>).</summary>
public enum VfioRegionIndex
{
    /// <summary>The memory behind base address register 0.</summary>
    Bar0 = 0,

    /// <summary>The memory behind base address register 1.</summary>
    Bar1 = 1,

    /// <summary>The memory behind base address register 2.</summary>
    Bar2 = 2,

    /// <summary>The memory behind base address register 3.</summary>
    Bar3 = 3,

    /// <summary>The memory behind base address register 4.</summary>
    Bar4 = 4,

    /// <summary>The memory behind base address register 5.</summary>
    Bar5 = 5,

    /// <summary>The expansion ROM.</summary>
    ExpansionRom = 6,

    /// <summary>The configuration space.</summary>
    Configuration = 7,

    /// <summary>The VGA registers.</summary>
    Vga = 8,
}
