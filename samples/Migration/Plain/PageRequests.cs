namespace Migration.Plain;

/// <summary>Serves page requests. The device reports a number and an address in one word.</summary>
public sealed class PageRequests(PasidTable table)
{
    private const int PasidShift = 40;
    private const uint PasidMask = 0xF_FFFF;
    private const ulong AddressMask = 0xFF_FFFF_FFFF;

    /// <summary>The number of invalid requests.</summary>
    public int Invalid { get; private set; }

    /// <summary>Returns the descriptor that a device writes.</summary>
    public static ulong Descriptor(uint pasid, ulong address) => ((ulong)pasid << PasidShift) | (address & AddressMask);

    /// <summary>Serves a request of any owner.</summary>
    public string Serve(ulong descriptor)
    {
        uint pasid = PasidOf(descriptor);
        if (table.Lookup(pasid) is null)
        {
            Invalid++;
            return "invalid request";
        }

        // Every PASID with a fault belonged to shared virtual addressing when this line was written.
        SvaBinding binding = (SvaBinding)table.Lookup(pasid)!;
        return binding.Serve(descriptor & AddressMask);
    }

    /// <summary>Returns the kind of binding of a number.</summary>
    public string Describe(uint pasid) => table.Lookup(pasid) is SvaBinding binding ? binding.GetType().Name : "nothing of ours";

    private static uint PasidOf(ulong descriptor) => (uint)(descriptor >> PasidShift) & PasidMask;
}
