using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The devices that an invalidation queue addresses.</summary>
internal interface IInvalidationTargets
{
    /// <summary>Returns true if a device can complete an invalidation.</summary>
    bool IsReachable(RequesterId requester);

    /// <summary>Isolates a device that completes no invalidation. On completion none of its requests can reach memory.</summary>
    ValueTask IsolateAsync(RequesterId requester);
}
