using IoAsid.Typed.Migration;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>Invalid arguments are refused by name, and nothing changes.</summary>
public sealed class ArgumentTests
{
    private static readonly Dictionary<string, BadCall> BadCalls = new()
    {
        ["space without options"] = new("options", "", _ => new IoAsidSpace(null!)),
        ["space without name"] = new("Name", "has a name", _ => new IoAsidSpace(new IoAsidSpaceOptions { Name = "" })),
        ["space without numbers"] = new("Capacity", "1 to 4294967296", _ => new IoAsidSpace(new IoAsidSpaceOptions { Capacity = 0 })),
        ["space with 33-bit numbers"] = new("Capacity", "4294967297", _ => new IoAsidSpace(new IoAsidSpaceOptions { Capacity = (1L << 32) + 1 })),
        ["space with null reserved"] = new("ReservedNumbers", "empty collection", _ => new IoAsidSpace(new IoAsidSpaceOptions { ReservedNumbers = null! })),
        ["space with unknown policy"] = new("ReusePolicy", "Lowest, Cyclic or Relaxed", _ => new IoAsidSpace(new IoAsidSpaceOptions { ReusePolicy = (IoAsidReusePolicy)7 })),
        ["root without name"] = new("name", "", at => at.Space.CreateSet<SvaBinding>("")),
        ["root with null name"] = new("name", "", at => at.Space.CreateSet<SvaBinding>(null!)),
        ["second root of an owner"] = new("owner", "sva <SvaBinding>", at => at.Space.CreateSet<SvaBinding>("again", at.Owner)),
        ["subset without name"] = new("name", "", at => at.Sva.CreateSubset<GuestSvaBinding>("")),
        ["second subset of an owner"] = new("owner", "vm <GuestSvaBinding>", at => at.Sva.CreateSubset<GuestSvaBinding>("again", at.Owner, quota: 1)),
        ["subset of no owner sought"] = new("owner", "", at => at.Sva.TryFindSubset<GuestSvaBinding>(null!, out _)),
        ["empty range"] = new("min", "[7, 6]", at => at.Vm.Allocate(null, 7, 6)),
        ["empty range, trying"] = new("min", "[7, 6]", at => at.Vm.TryAllocate(null, 7, 6, out _, out _)),
        ["range outside the space"] = new("max", "0 to 63", at => at.Vm.Allocate(null, 60, 64)),
        ["range outside the space, trying"] = new("max", "0 to 63", at => at.Vm.TryAllocate(null, 60, 64, out _, out _)),
        ["negative reservation"] = new("count", "-1", at => at.Space.ReserveCapacity(-1)),
        ["negative release of a reservation"] = new("count", "-1", at => at.Reservation.Release(-1)),
        ["release of more than is reserved"] = new("count", "4 left", at => at.Reservation.Release(5)),
        ["no getter"] = new("getter", "", at => at.Sva.Find(at.Handle.Id, null!)),
        ["no getter with state"] = new("getter", "", at => at.Sva.Find(at.Handle.Id, 1, null!)),
        ["no getter of a reader"] = new("getter", "", at => at.Sva.Reader.Find(at.Handle.Id, null!)),
        ["no getter of a reader with state"] = new("getter", "", at => at.Sva.Reader.Find(at.Handle.Id, 1, null!)),
        ["reader of no set"] = new("set", "", _ => IoAsidReader<SvaBinding>.Of<GuestSvaBinding>(null!)),
        ["conversion of no set"] = new("set", "", _ => IgnoreReader((IoAsidSet<SvaBinding>)null!)),
        ["no data"] = new("data", "", at => at.Handle.SetData(null!)),
        ["private id of another"] = new("privateId", "private id 5", at => at.Other.AttachPrivateId(new PrivateIoAsid(5))),
        ["no observer of the space"] = new("observer", "", at => at.Space.Observe(null!)),
        ["no observer of a set"] = new("observer", "", at => at.Sva.Observe(null!)),
        ["unknown priority"] = new("priority", "Cpu, Device, Iommu or Last", at => at.Sva.Observe(_ => { }, (IoAsidObserverPriority)9)),
        ["observer of no owner"] = new("owner", "", at => at.Space.ObserveOwner(null!, _ => { })),
        ["no allocator registered"] = new("allocator", "", at => at.Space.RegisterAllocator(null!)),
        ["no allocator withdrawn"] = new("allocator", "", at => at.Space.UnregisterAllocator(null!)),
        ["allocator never registered"] = new("allocator", "not registered", at => at.Space.UnregisterAllocator(new ScriptedAllocator())),
        ["allocator without functions"] = new("allocate", "", _ => IoAsidNumberAllocator.Create(null!, _ => { })),
        ["allocator that cannot free"] = new("free", "", _ => IoAsidNumberAllocator.Create((_, _) => null, null!)),
        ["allocator without number space"] = new("allocator", "NumberSpace is null", at => at.Space.RegisterAllocator(new WithoutNumberSpace())),
        ["completion without receipt"] = new("receipt", "", at => at.Binding.Complete(null!)),
        ["completion with another's receipt"] = new("receipt", "other device", at => at.Binding.Complete(new ImmediateDrain().Drain(at.OtherBinding))),
        ["receipt for nothing"] = new("binding", "", _ => new ImmediateDrain().Drain(null!)),
        ["untyped lookup in no space"] = new("space", "", _ => UntypedLookup.Find(null!, null, default, null)),
        ["untyped lookup through another space's set"] = new("set", "other space", at => UntypedLookup.Find(at.Space, at.ForeignSet, at.Handle.Id, null)),
    };

    public static TheoryData<string> Names => [.. BadCalls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_argument_is_named_and_changes_nothing(string name)
    {
        BadCall bad = BadCalls[name];
        using Scene at = new();

        SpaceImage.AssertUnchanged(at.Space, () =>
        {
            ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => bad.Call(at));
            Assert.Equal(bad.Parameter, refusal.ParamName);
            Assert.Contains(bad.Message, refusal.Message, StringComparison.Ordinal);
        });
        Assert.False(at.Binding.IsCompleted);
    }

    [Fact]
    public void An_allocator_is_registered_once_and_again_after_it_left()
    {
        using IoAsidSpace space = new();
        object numbers = new();
        ScriptedAllocator first = new(numbers);
        ScriptedAllocator second = new(numbers);
        space.RegisterAllocator(first);
        space.RegisterAllocator(second);

        Assert.Throws<ArgumentException>("allocator", () => space.RegisterAllocator(first));
        Assert.Throws<ArgumentException>("allocator", () => space.RegisterAllocator(second));
        space.UnregisterAllocator(first);
        Assert.Throws<ArgumentException>("allocator", () => space.UnregisterAllocator(first));
        space.RegisterAllocator(first);
        space.UnregisterAllocator(second);
        Assert.Throws<ArgumentException>("allocator", () => space.RegisterAllocator(first));
    }

    private static void IgnoreReader(IoAsidReader<SvaBinding> reader) => _ = reader;

    private sealed record BadCall(string Parameter, string Message, Action<Scene> Call);

    private sealed class WithoutNumberSpace : IoAsidNumberAllocator
    {
        public override object NumberSpace => null!;

        public override uint? Allocate(uint min, uint max) => null;

        public override void Free(uint number)
        {
        }
    }

    /// <summary>A space in use.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene()
        {
            Sva = Space.CreateSet<SvaBinding>("sva", Owner);
            Vm = Sva.CreateSubset<GuestSvaBinding>("vm", Owner, quota: 8);
            Handle = Vm.Allocate(new GuestSvaBinding("guest"));
            Handle.AttachPrivateId(new PrivateIoAsid(5));
            Other = Vm.Allocate(new GuestSvaBinding("other"));
            Binding = Handle.Bind("device");
            OtherBinding = Handle.Bind("other device");
            Reservation = Space.ReserveCapacity(4);
            ForeignSet = Foreign.CreateSet<SvaBinding>("foreign");
        }

        public object Owner { get; } = new();

        public IoAsidSpace Space { get; } = new(new IoAsidSpaceOptions { Capacity = 64 });

        public IoAsidSet<SvaBinding> Sva { get; }

        public IoAsidSet<GuestSvaBinding> Vm { get; }

        public IoAsidHandle<GuestSvaBinding> Handle { get; }

        public IoAsidHandle<GuestSvaBinding> Other { get; }

        public IoAsidBinding Binding { get; }

        public IoAsidBinding OtherBinding { get; }

        public IoAsidCapacityReservation Reservation { get; }

        public IoAsidSet<SvaBinding> ForeignSet { get; }

        private IoAsidSpace Foreign { get; } = new(new IoAsidSpaceOptions { Name = "other space" });

        public void Dispose()
        {
            Foreign.Dispose();
            Space.Dispose();
        }
    }
}
