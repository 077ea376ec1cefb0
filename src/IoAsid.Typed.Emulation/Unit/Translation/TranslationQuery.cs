using System.Runtime.CompilerServices;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TranslationQuery Of(in DmaRequest request) => new(
        request.Requester,
        request.Address,
        request.Prefix,
        DemandOf(request),
        request.IsTranslated ? AddressType.Translated : AddressType.Untranslated,
        TypeOf(request.Access));

    /// <summary>Returns the query of a translation request, which is a read on the bus (VT-d 4.2.1).</summary>
    public static TranslationQuery Of(in TranslationRequest request) => new(
        request.Requester,
        request.Address,
        request.Prefix,
        WalkDemand.TranslationRequest | WalkDemand.Read | (request.NoWrite ? WalkDemand.None : WalkDemand.Write) | request.Prefix.Demand,
        AddressType.TranslationRequest,
        FaultRequestType.Read);

    // The accesses are numbered from 0 to 3. Their demands are the two lowest bits of the next number: read, write, both, and none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WalkDemand DemandOf(in DmaRequest request) =>
        request.Prefix.Demand | (WalkDemand)(request.Access + 1) & (WalkDemand.Read | WalkDemand.Write);

    private static FaultRequestType TypeOf(DmaAccess access)
    {
        if (access == DmaAccess.Write)
            return FaultRequestType.Write;
        return access == DmaAccess.Atomic ? FaultRequestType.AtomicOperation : FaultRequestType.Read;
    }
}
