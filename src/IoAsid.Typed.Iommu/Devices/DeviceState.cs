namespace IoAsid.Typed.Iommu;

/// <summary>What may be done with a function.</summary>
public enum DeviceState
{
    /// <summary>It works.</summary>
    Active,

    /// <summary>It is being reset; attaching has to wait.</summary>
    Resetting,

    /// <summary>It did not complete invalidations and was cut off from memory. A reset gives it another chance.</summary>
    Isolated,

    /// <summary>It was pulled out, or given up.</summary>
    Removed,
}
