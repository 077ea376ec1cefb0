namespace IoAsid.Typed.Tests.CompileTimePromises;

/// <summary>The code that the design shows compiles without a warning, and runs.</summary>
public sealed class DesignSampleTests
{
    private const string Domain =
        """
        using System.Diagnostics;
        using IoAsid.Typed;

        public abstract class SvaBinding { private protected SvaBinding() { } public bool HasBond(ushort requesterId) => requesterId == 7; }
        public sealed class NativeSvaBinding(AddressSpace addressSpace) : SvaBinding { public AddressSpace AddressSpace => addressSpace; }
        public sealed class GuestSvaBinding(object table) : SvaBinding { public PageResponse Forward(PageRequest request) => table is null ? PageResponse.InvalidRequest : PageResponse.Success; }
        public sealed class AddressSpace { public PageResponse HandleFault(PageRequest request) => PageResponse.Success; }
        public enum PageResponse { InvalidRequest, Success }
        public readonly record struct PageRequest(RawIoAsid Pasid, ushort RequesterId);

        """;

    private const string Sample =
        """
        public static class Sample
        {
            private const string Refused = "refused";

            public static string Run()
            {
                object container = new(), guestTable = new();
                var guestPasid = new PrivateIoAsid(101);

                var space = new IoAsidSpace();
                var sva = space.CreateSet<SvaBinding>("sva");
                var vm  = sva.CreateSubset<GuestSvaBinding>("vm-1", owner: container, quota: 512);

                IoAsidHandle<GuestSvaBinding> pasid = vm.Allocate(new GuestSvaBinding(guestTable));
                pasid.AttachPrivateId(guestPasid);                       // PrivateIoAsid

                string served = $"{Serve(sva, new(pasid.Id, 7))} {Serve(sva, new(pasid.Id, 8))} {Serve(sva, new(new RawIoAsid(99), 7))}";

                // VFIO: ownership and hold in one step, without the data type; guests speak private ids
                IoAsidSet containerSet = vm;
                if (!containerSet.TryHold(guestPasid, out IoAsidReference? mine)) return Refused;

                IoAsidFreeResult result = pasid.Free();                  // Reclaimed, Pending or AlreadyFreed; never throws
                mine.Dispose();
                return $"{served} {result} {pasid.Free()} {vm.GetStatistics().Reclaimed}";
            }

            // page request handler: reads through one set, holds the id while it serves the fault
            static PageResponse Serve(IoAsidReader<SvaBinding> sva, PageRequest request)
            {
                using IoAsidHold<SvaBinding> hold = sva.Hold(request.Pasid);
                if (!hold.IsHeld || !hold.Data.HasBond(request.RequesterId)) return PageResponse.InvalidRequest;
                return hold.Data switch
                {
                    NativeSvaBinding native => native.AddressSpace.HandleFault(request),
                    GuestSvaBinding guest => guest.Forward(request),
                    _ => throw new UnreachableException(),           // a missing subtype is reported all the same
                };
            }
        }
        """;

    [Fact]
    public void The_sample_compiles_without_a_warning_and_runs() =>
        Assert.Equal("Success InvalidRequest InvalidRequest Pending AlreadyFreed 1", Snippet.Run(Domain + Sample, "Sample", "Run"));
}
