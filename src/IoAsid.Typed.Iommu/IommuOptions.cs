namespace IoAsid.Typed.Iommu;

/// <summary>The options of the operating system's side.</summary>
public sealed record IommuOptions
{
    /// <summary>HAW: the width of physical addresses in bits. Firmware tables report the width. No register has it.</summary>
    public int HostAddressWidth { get; init; } = 48;

    /// <summary>The binary logarithm of the number of pages of each page request queue, 0 to 7. A page holds 128 requests.</summary>
    public int PageRequestRingOrder { get; init; } = 2;

    /// <summary>The time after which a group of page requests without a response gets the response Invalid Request, in virtual time.</summary>
    public TimeSpan PageRequestTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets a value indicating whether AW of first-stage PASID entries is also written on units without a second stage. VT-d 9.6 reserves AW where ECAP.SSTS is
    /// clear. QEMU 11 limits addresses to 30 bits without AW (<c>vtd_iova_fl_check_canonical</c>). False by default.
    /// </summary>
    public bool SetsFirstStageAddressWidth { get; init; }

    /// <summary>The options of the number space of PASIDs. Null means the default of 20 bits.</summary>
    public IoAsidSpaceOptions? Pasids { get; init; }
}
