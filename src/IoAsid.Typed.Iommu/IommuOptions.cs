namespace IoAsid.Typed.Iommu;

/// <summary>How the operating system's side is set up.</summary>
public sealed record IommuOptions
{
    /// <summary>HAW: the width of physical addresses in bits, which firmware tables tell and no register does.</summary>
    public int HostAddressWidth { get; init; } = 48;

    /// <summary>The binary logarithm of the pages of each page request ring, 0 to 7: a page holds 128 requests.</summary>
    public int PageRequestRingOrder { get; init; } = 2;

    /// <summary>How long a group of page requests may go without an answer, in the machine's time; then it is answered with Invalid Request.</summary>
    public TimeSpan PageRequestTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets a value indicating whether AW of first-stage PASID entries is written on units without a second stage, too. VT-d 9.6 reserves AW where ECAP.SSTS is clear; QEMU
    /// 11 takes addresses for 30 bits wide without it (<c>vtd_iova_fl_check_canonical</c>). False by default.
    /// </summary>
    public bool SetsFirstStageAddressWidth { get; init; }

    /// <summary>The number space of PASIDs; null for one of the default 20 bits.</summary>
    public IoAsidSpaceOptions? Pasids { get; init; }
}
