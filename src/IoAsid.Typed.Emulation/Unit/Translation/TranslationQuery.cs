using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The input of a translation: the requester, the address, and the requested access.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationQuery(
    RequesterId Requester, ulong Address, PasidPrefix Prefix, WalkDemand Demand, AddressType AddressType, FaultRequestType RequestType)
{
    /// <summary>Returns the query of a memory request.</summary>
    public static TranslationQuery Of(in DmaRequest request) => new(
        request.Requester,
        request.Address,
        request.Prefix,
        DemandOf(request),
        request.IsTranslated ? AddressType.Translated : AddressType.Untranslated,
        request.Access switch
        {
            DmaAccess.Write => FaultRequestType.Write,
            DmaAccess.Atomic => FaultRequestType.AtomicOperation,
            _ => FaultRequestType.Read,
        });

    /// <summary>Returns the query of a translation request, which is a read on the bus (VT-d 4.2.1).</summary>
    public static TranslationQuery Of(in TranslationRequest request) => new(
        request.Requester,
        request.Address,
        request.Prefix,
        WalkDemand.TranslationRequest | WalkDemand.Read | (request.NoWrite ? WalkDemand.None : WalkDemand.Write) | DemandOf(request.Prefix),
        AddressType.TranslationRequest,
        FaultRequestType.Read);

    private static WalkDemand DemandOf(in DmaRequest request) => DemandOf(request.Prefix) | request.Access switch
    {
        DmaAccess.Read => WalkDemand.Read,
        DmaAccess.Write => WalkDemand.Write,
        DmaAccess.Atomic => WalkDemand.Read | WalkDemand.Write,
        _ => WalkDemand.None,
    };

    private static WalkDemand DemandOf(PasidPrefix prefix) =>
        (prefix.PrivilegedModeRequested ? WalkDemand.Privileged : WalkDemand.None)
        | (prefix.ExecuteRequested ? WalkDemand.Execute : WalkDemand.None);
}
