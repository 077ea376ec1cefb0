using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A request that a unit refused and recorded (VT-d, Fault Recording Registers).</summary>
/// <param name="Unit">The name of the unit.</param>
/// <param name="Requester">Who asked.</param>
/// <param name="Pasid">For which PASID; null for a request without.</param>
/// <param name="Address">The page, or what the reason says it is.</param>
/// <param name="Type">What kind of request it was.</param>
/// <param name="Reason">Why it was refused.</param>
public sealed record DmaFault(
    string Unit, RequesterId Requester, Pasid? Pasid, ulong Address, FaultRequestType Type, FaultReason Reason)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Unit}: {Type} by {Requester}{(Pasid is { } pasid ? $" for PASID {pasid}" : "")} at 0x{Address:X} refused: {Reason.Describe()}";
}
