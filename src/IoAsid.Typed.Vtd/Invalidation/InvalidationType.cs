namespace IoAsid.Typed.Vtd;

/// <summary>The type of an invalidation descriptor: its bits 11:9 and 3:0.</summary>
public enum InvalidationType
{
    /// <summary>Not a type.</summary>
    Invalid = 0,

    /// <summary><see cref="ContextCacheInvalidation"/>.</summary>
    ContextCache = 1,

    /// <summary><see cref="IotlbInvalidation"/>.</summary>
    Iotlb = 2,

    /// <summary><see cref="DeviceTlbInvalidation"/>. Needs ECAP.DT.</summary>
    DeviceTlb = 3,

    /// <summary><see cref="InterruptEntryInvalidation"/>. Needs ECAP.IR.</summary>
    InterruptEntry = 4,

    /// <summary><see cref="InvalidationWait"/>.</summary>
    Wait = 5,

    /// <summary><see cref="PasidIotlbInvalidation"/>. Scalable mode.</summary>
    PasidIotlb = 6,

    /// <summary><see cref="PasidCacheInvalidation"/>. Scalable mode.</summary>
    PasidCache = 7,

    /// <summary><see cref="PasidDeviceTlbInvalidation"/>. Scalable mode; needs ECAP.DT.</summary>
    PasidDeviceTlb = 8,

    /// <summary><see cref="Vtd.PageGroupResponse"/>. Scalable mode.</summary>
    PageGroupResponse = 9,
}
