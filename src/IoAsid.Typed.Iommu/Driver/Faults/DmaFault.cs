using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A fault: a request that a unit refused and recorded (VT-d 11.4.14, fault recording registers).</summary>
/// <param name="Unit">The name of the unit.</param>
/// <param name="Requester">The requester id of the device.</param>
/// <param name="Pasid">The PASID, or null for a request without PASID.</param>
/// <param name="Address">The page of the request, or the value that <paramref name="Reason"/> defines.</param>
/// <param name="Type">The type of the request.</param>
/// <param name="Reason">The reason for the fault.</param>
public sealed record DmaFault(
    string Unit, RequesterId Requester, Pasid? Pasid, ulong Address, FaultRequestType Type, FaultReason Reason)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Unit}: {Type} by {Requester}{(Pasid is { } pasid ? $" for PASID {pasid}" : "")} at 0x{Address:X} refused: {Reason.Describe()}";
}
