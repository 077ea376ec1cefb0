using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>The debate that the library settles, played small: page requests, two guests, an auxiliary domain, and a number that is used again.</summary>
public static class RunTimeSide
{
    private const string Introduction = """
        A device puts a number on each memory request that says whose memory is meant: a
        PASID. The system keeps a table from numbers to data. Here it is a tree of typed sets:

           pasids                        one space of numbers
           +-- sva  <SvaBinding>         shared memory; page requests are answered from here
           |   +-- editor  <NativeSvaBinding>   a process
           |   +-- vm-1    <GuestSvaBinding>    a virtual machine, quota 1
           |   +-- vm-2    <GuestSvaBinding>    another one, quota 1
           +-- aux  <AuxiliaryDomain>    a driver's own structures; no page request finds them
        """;

    private static readonly RequesterId Accelerator = new(0x0008);
    private static readonly RequesterId NetworkCard = new(0x0010);
    private static readonly PrivateIoAsid GuestPasid = new(101);

    public static void Play(TextWriter output)
    {
        output.WriteLine(Introduction);
        Transcript transcript = new(output);
        using PasidTree tree = new();
        IoAsidHandle<NativeSvaBinding> editor = Allocate(tree, transcript);
        ServePageRequests(tree.Sva, transcript);
        CheckOwners(tree, transcript);
        Free(tree, editor, transcript);
        UseAgain(tree, editor, transcript);
    }

    private static IoAsidHandle<NativeSvaBinding> Allocate(PasidTree tree, Transcript transcript)
    {
        transcript.Step("A set hands out PASIDs. Its type says what is behind them, its place whose.");
        IoAsidHandle<NativeSvaBinding> editor = tree.Editor.Allocate(new NativeSvaBinding(tree.EditorMemory));
        IoAsidHandle<GuestSvaBinding> guest1 = tree.Vm1.Allocate(new GuestSvaBinding("vm-1"));
        IoAsidHandle<GuestSvaBinding> guest2 = tree.Vm2.Allocate(new GuestSvaBinding("vm-2"));
        IoAsidHandle<AuxiliaryDomain> domain = tree.Aux.Allocate(new AuxiliaryDomain());
        editor.Data!.AddBond(Accelerator);
        guest1.Data!.AddBond(NetworkCard);
        guest1.AttachPrivateId(GuestPasid);
        guest2.AttachPrivateId(GuestPasid);
        transcript.Happened("editor", $"{editor.Id}: {editor.Data}");
        transcript.Happened("vm-1, which calls its own 101", $"{guest1.Id}: {guest1.Data}");
        transcript.Happened("vm-2, which calls its own 101 too", $"{guest2.Id}: {guest2.Data}");
        transcript.Happened("aux", $"{domain.Id}: {domain.Data}");
        tree.Vm1.TryAllocate(data: null, out _, out IoAsidAllocationFailure failure);
        transcript.Happened("vm-1 wants a second", failure);
        return editor;
    }

    [HardwareBoundary] // It plays the devices.
    private static void ServePageRequests(IoAsidReader<SvaBinding> sva, Transcript transcript)
    {
        transcript.Step("A device asks for a page by number only: search all owners, through 'sva'.");
        Request(Accelerator, 1, "the editor's");
        Request(NetworkCard, 2, "vm-1's");
        Request(NetworkCard, 1, "a stranger here");
        Request(Accelerator, 4, "aux's");
        Request(Accelerator, 99, "free");

        void Request(RequesterId device, uint number, string owner) => transcript.Happened(
            $"{device} asks for PASID {number}, {owner}", PageRequestHandler.Serve(sva, new PageRequest(device, new RawIoAsid(number))));
    }

    [HardwareBoundary] // It plays the guests.
    private static void CheckOwners(PasidTree tree, Transcript transcript)
    {
        transcript.Step("A guest may use its own PASIDs only: its set can prove it, and shows no data.");
        VfioContainer container1 = new(tree.Vm1);
        VfioContainer container2 = new(tree.Vm2);
        transcript.Happened("vm-1 says 101", container1.Check(GuestPasid));
        transcript.Happened("vm-2 says 101 and means its own", container2.Check(GuestPasid));
        transcript.Happened("vm-1 says 102, which it never had", container1.Check(new PrivateIoAsid(102)));
        transcript.Happened("vm-1 tries 3, the real PASID of vm-2", container1.Check(new RawIoAsid(3)));
    }

    private static void Free(PasidTree tree, IoAsidHandle<NativeSvaBinding> editor, Transcript transcript)
    {
        transcript.Step("The editor exits while a device uses PASID 1: free now, use again when drained.");
        using IoAsidObserverRegistration iommu = tree.Editor.Observe(Record("IOMMU driver", transcript), IoAsidObserverPriority.Iommu);
        using IoAsidObserverRegistration device = tree.Editor.Observe(Record("device driver", transcript), IoAsidObserverPriority.Device);
        IoAsidBinding binding = editor.Bind(Accelerator);
        transcript.Happened("bind the device", binding);
        transcript.Happened("free", editor.Free());
        transcript.Happened("the device asks once more", PageRequestHandler.Serve(tree.Sva, new PageRequest(Accelerator, editor.Id)));
        transcript.Happened("aux takes the next number", tree.Aux.Allocate(new AuxiliaryDomain()).Id);
        DrainReceipt receipt = new DeviceDrain().Drain(binding);
        transcript.Happened("the driver drains the device", "a receipt");
        binding.Complete(receipt);
        transcript.Happened("complete the binding with it", tree.Space.DescribePending().Count == 0 ? "Reclaimed" : "Pending");
    }

    private static void UseAgain(PasidTree tree, IoAsidHandle<NativeSvaBinding> old, Transcript transcript)
    {
        transcript.Step("Number 1 is used again. The old handle cannot touch its new life.");
        IoAsidHandle<NativeSvaBinding> shell = tree.Editor.Allocate(new NativeSvaBinding(new AddressSpace("the shell")));
        transcript.Happened("a new allocation", $"{shell.Id}: {shell.Data}");
        transcript.Happened("free by the old handle", old.Free());
        try
        {
            old.SetData(new NativeSvaBinding(tree.EditorMemory));
        }
        catch (StaleIoAsidException stale)
        {
            transcript.Happened("write by the old handle", "StaleIoAsidException:");
            transcript.Note(stale.Message);
        }
    }

    private static Action<IoAsidEvent> Record(string observer, Transcript transcript) =>
        edge => transcript.Note($"{observer} is notified: {edge.Kind} {edge.Id}");
}
