namespace IoAsid.Typed.Linux;

/// <summary>The supported accesses to a region (<c>VFIO_REGION_INFO_FLAG_*</c>).</summary>
[Flags]
public enum VfioRegionAccess
{
    /// <summary>Nothing: the device does not have the region.</summary>
    None = 0,

    /// <summary>The region can be read.</summary>
    Read = 1,

    /// <summary>The region can be written.</summary>
    Write = 2,

    /// <summary>The region, or parts of it, can be mapped into a process.</summary>
    Map = 4,
}
