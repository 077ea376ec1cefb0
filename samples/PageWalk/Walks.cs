using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace PageWalk;

/// <summary>Requests of a device, one after the other, and the walk of each.</summary>
internal sealed class Walks(SampleMachine machine, Transcript transcript)
{
    private const ulong Address = 0x7F00_0040_3018;
    private const ulong ReadOnlyAddress = 0x7F00_0040_4000;
    private const ulong BrokenAddress = 0x7F00_0040_5000;
    private const ulong GuestAddress = 0x40_3018;
    private const ulong UnmappedAddress = 0x1000;
    private const ulong PageMask = 0xFFF;
    private const ulong ReservedBit = 1UL << 50;

    private static readonly FirstStageEntry Page = new() { Present = true, Writable = true, User = true };

    public void Play()
    {
        WalkFirstStage();
        ShowFaults();
        WalkSecondStage();
        WalkBothStages();
        ShowStaleCaches();
    }

    private static DmaRequest Request(DmaAccess access, ulong address, Pasid pasid) =>
        new(SampleMachine.Device, address, access, new PasidPrefix(pasid));

    private void WalkFirstStage()
    {
        transcript.Step("A device reads with a PASID: from the requester to the PASID's tables, then 9 bits of the address for each level.");
        machine.Process[Address] = (Page with { Address = machine.TakePage() }).Bits;
        Show(Request(DmaAccess.Read, Address, SampleMachine.ProcessPasid));
    }

    private void ShowFaults()
    {
        transcript.Step("Four blocked requests, each at a different entry.");
        machine.Process[ReadOnlyAddress] = (Page with { Writable = false, Address = machine.TakePage() }).Bits;
        machine.Process[BrokenAddress] = Page.Bits | ReservedBit;
        Show(Request(DmaAccess.Read, Address, SampleMachine.MissingPasid));
        Show(Request(DmaAccess.Read, UnmappedAddress, SampleMachine.ProcessPasid));
        Show(Request(DmaAccess.Write, ReadOnlyAddress, SampleMachine.ProcessPasid));
        Show(Request(DmaAccess.Read, BrokenAddress, SampleMachine.ProcessPasid));
    }

    private void WalkSecondStage()
    {
        transcript.Step("A request without PASID: here it uses PASID 0, and a second stage with a page of 2 MiB.");
        Show(new DmaRequest(SampleMachine.Device, 0x1_2340, DmaAccess.Write));
    }

    private void WalkBothStages()
    {
        transcript.Step("A guest's PASID is nested: every address in the guest's tables goes through the second stage.");
        machine.Guest[GuestAddress] = (Page with { Address = 0x8_0000 }).Bits;
        Show(Request(DmaAccess.Write, GuestAddress, SampleMachine.GuestPasid));
    }

    private void ShowStaleCaches()
    {
        transcript.Step("The unit caches the translation. Software changes the page. Until it invalidates, the unit uses the old one.");
        DmaRequest request = Request(DmaAccess.Read, Address, SampleMachine.ProcessPasid);
        machine.Unit.TryRead(request, new byte[8]);
        machine.Process[Address] = (Page with { Address = machine.TakePage() }).Bits;
        ShowLast(request);
        machine.Machine.Run(() => machine.Driver.SubmitAsync(new PasidIotlbInvalidation
        {
            Granularity = PasidIotlbGranularity.Page,
            DomainId = SampleMachine.ProcessDomain,
            Pasid = SampleMachine.ProcessPasid,
            Address = Address & ~PageMask,
        }.Bits));
        transcript.Happened("after a PASID-based IOTLB invalidation:");
        ShowLast(request);
    }

    private void Show(in DmaRequest request) => transcript.Show(WalkPicture.Of(machine.Unit, request));

    // An earlier step has shown the walk: this one shows its end and the entries of the caches.
    private void ShowLast(in DmaRequest request)
    {
        string[] lines = WalkPicture.WithCaches(machine.Unit, request).ToString().TrimEnd('\n').Split('\n');
        foreach (string line in lines[Array.FindIndex(lines, line => line.StartsWith('='))..])
            transcript.Happened(line);
    }
}
