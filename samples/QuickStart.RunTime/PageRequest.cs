using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>A request of a device for an absent page. It has the number of the address space, and no owner.</summary>
public sealed record PageRequest(RequesterId Device, RawIoAsid Pasid);
