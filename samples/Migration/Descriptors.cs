using IoAsid.Typed;

namespace Migration;

/// <summary>The descriptors of page requests. A device writes a number and an address into one word.</summary>
public static class Descriptors
{
    private const int PasidShift = 40;
    private const uint PasidMask = 0xF_FFFF;
    private const ulong AddressMask = 0xFF_FFFF_FFFF;

    /// <summary>Returns the descriptor that a device writes.</summary>
    public static ulong Of(RawIoAsid pasid, ulong address) => ((ulong)pasid.Value << PasidShift) | (address & AddressMask);

    /// <summary>Returns the number of a descriptor. Numbers enter the driver here.</summary>
    [HardwareBoundary]
    public static RawIoAsid PasidOf(ulong descriptor) => new((uint)(descriptor >> PasidShift) & PasidMask);

    public static ulong AddressOf(ulong descriptor) => descriptor & AddressMask;
}

/// <summary>The end of a device's use of a PASID: its outstanding page requests are discarded.</summary>
public sealed class DeviceDrain : IoAsidDrain
{
    public DrainReceipt Drain(IoAsidBinding binding) => Certify(binding);
}
