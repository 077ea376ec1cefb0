using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>A device found a page missing and asks for it. All it knows of whose page it is, is the number.</summary>
public sealed record PageRequest(RequesterId Device, RawIoAsid Pasid);
