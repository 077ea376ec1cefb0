using IoAsid.Typed;

namespace Migration.Typed;

/// <summary>Answers page requests of all owners, through the root of their data type. Domains are in another root.</summary>
public sealed class PageRequests(IoAsidReader<Binding> bindings)
{
    private const int PasidShift = 40;
    private const uint PasidMask = 0xF_FFFF;
    private const ulong AddressMask = 0xFF_FFFF_FFFF;

    /// <summary>The descriptor that a device writes.</summary>
    public static ulong Descriptor(RawIoAsid pasid, ulong address) => ((ulong)pasid.Value << PasidShift) | (address & AddressMask);

    /// <summary>Serves a request. The hold keeps the number from being used again meanwhile.</summary>
    public string Serve(ulong descriptor)
    {
        using IoAsidHold<Binding> hold = bindings.Hold(PasidOf(descriptor));
        return hold.IsHeld ? hold.Data.Serve(descriptor & AddressMask) : "invalid request";
    }

    [HardwareBoundary]
    private static RawIoAsid PasidOf(ulong descriptor) => new((uint)(descriptor >> PasidShift) & PasidMask);
}
