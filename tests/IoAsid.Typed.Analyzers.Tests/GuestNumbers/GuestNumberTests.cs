using IoAsid.Typed.Analyzers.Tests.Verification;

namespace IoAsid.Typed.Analyzers.Tests.GuestNumbers;

/// <summary>IOASID3003: a guest's number that reaches a call before a hold or find on its owner's set has succeeded.</summary>
public sealed class GuestNumberTests
{
    [Theory]
    // No check.
    [InlineData("Program({|IOASID3003:guest|});")]
    [InlineData("Program(id: {|IOASID3003:guest|});")]
    [InlineData("var same = guest; Program({|IOASID3003:same|});")]
    [InlineData("Number({|IOASID3003:guest.Value|});")]
    [InlineData("Number({|IOASID3003:guest.Value + 1|});")]
    [InlineData("Program({|IOASID3003:new RawIoAsid(guest.Value & 0xF_FFFF)|});")]
    [InlineData("uint n = guest.Value; n++; n <<= 1; Number({|IOASID3003:n|});")]
    [InlineData("uint sum = 0; sum += guest.Value; Number({|IOASID3003:sum|});")]
    [InlineData("Program({|IOASID3003:flag ? guest : other|});")]
    [InlineData("Program({|IOASID3003:maybe ?? other|});")]
    [InlineData("if (maybe is { } given) Program({|IOASID3003:given|});")]
    [InlineData("Private({|IOASID3003:request.Pasid|});")]
    [InlineData("Private({|IOASID3003:Work.Pasid|});")]
    [InlineData("Program({|IOASID3003:kept|});")]
    [InlineData("Program({|IOASID3003:Read()|});")]
    [InlineData("new Job({|IOASID3003:guest|});")]
    [InlineData("Device({|IOASID3003:new DeviceId((ushort)guest.Value)|});")]
    [InlineData("var id = new DeviceId((ushort)guest.Value); Device({|IOASID3003:id|});")]
    [InlineData("Number({|IOASID3003:new DeviceId((ushort)guest.Value).Number|});")]
    [InlineData("new Range({|IOASID3003:guest.Value|}, 1);")]
    [InlineData("Action<RawIoAsid> act = Program; act({|IOASID3003:guest|});")]
    [InlineData("Action<RawIoAsid> act = ([GuestControlled] id) => Program({|IOASID3003:id|});")]
    [InlineData("Local(guest); void Local([GuestControlled] RawIoAsid id) => Program({|IOASID3003:id|});")]
    [InlineData("foreach (int i in new[] { 1 }) Program({|IOASID3003:guest|});")]
    // An insufficient check, a check through another set or of another number, or a check on another path.
    [InlineData("if (root.TryHold(guest, out var mine)) using (mine) Program({|IOASID3003:guest|});")]
    [InlineData("if (reader.Find(guest).IsFound) Program({|IOASID3003:guest|});")]
    [InlineData("var sva = space.CreateSet<SvaBinding>(\"sva\"); if (sva.Find(guest).IsFound) Program({|IOASID3003:guest|});")]
    [InlineData("if (vm.Contains(guest)) Program({|IOASID3003:guest|});")]
    [InlineData("vm.TryHold(guest, out var mine); Program({|IOASID3003:guest|}); mine?.Dispose();")]
    [InlineData("if (!vm.TryHold(guest, out var mine)) Program({|IOASID3003:guest|}); mine?.Dispose();")]
    [InlineData("if (flag) { if (!vm.TryHold(guest, out var mine)) return; mine.Dispose(); } Program({|IOASID3003:guest|});")]
    [InlineData("if (!vm.TryHold(other, out var mine)) return; using (mine) Program({|IOASID3003:guest|});")]
    [InlineData("try { if (!vm.TryHold(guest, out var mine)) return; mine.Dispose(); } catch (Exception) { } Program({|IOASID3003:guest|});")]
    [InlineData("using var hold = typed.Hold(guest); if (!hold.IsHeld) Program({|IOASID3003:guest|});")]
    [InlineData("var found = typed.Find(guest); if (found.IsFound || flag) Program({|IOASID3003:guest|});")]
    public Task Unchecked(string statements) => VerifyStatements(statements);

    [Theory]
    // Checked on every path.
    [InlineData("if (!vm.TryHold(guest, out var mine)) return; using (mine) Program(guest);")]
    [InlineData("if (vm.TryHold(guest, out var mine)) using (mine) Program(guest);")]
    [InlineData("vm.TryHold(guest, out var mine); if (mine is null) return; using (mine) Program(guest);")]
    [InlineData("bool ok = vm.TryHold(guest, out var mine); if (!ok) return; using (mine) Program(guest);")]
    [InlineData("using var hold = typed.Hold(guest); if (!hold.IsHeld) return; Program(guest);")]
    [InlineData("using var hold = typed.Hold(guest); hold.Data.Serve(); Program(guest);")]
    [InlineData("if (typed.Find(guest).IsFound) Program(guest);")]
    [InlineData("if (typed.Find(guest).Data is { } data) Program(guest);")]
    [InlineData("if (typed.Find(guest) is { IsFound: true }) Program(guest);")]
    [InlineData("if (typed.TryFind(guest, out var data)) Program(guest);")]
    [InlineData("if (typed.TryGetHandle(guest, out var found)) Program(guest);")]
    [InlineData("if (typed.Reader.Find(guest).IsFound) Program(guest);")]
    [InlineData("if (IoAsidReader<SvaBinding>.Of(typed).Find(guest).IsFound) Program(guest);")]
    [InlineData("if (flag || !vm.TryHold(guest, out var mine)) return; using (mine) Program(guest);")]
    [InlineData("while (!vm.TryHold(guest, out _)) { if (flag) return; } Program(guest);")]
    [InlineData("if (!vm.TryHold(new PrivateIoAsid(request.Pasid.Value), out var mine)) return; using (mine) Private(request.Pasid);")]
    [InlineData("if (!vm.TryResolve(request.Pasid, out RawIoAsid host)) return; Program(host);")]
    [InlineData("if (!vm.TryHold(request.Pasid, out var mine)) return; using (mine) Program(mine.Id);")]
    [InlineData("var sub = root.CreateSubset<SvaBinding>(\"vm\", owner: this); if (sub.Find(guest).IsFound) Program(guest);")]
    [InlineData("if (!root.TryFindSubset<SvaBinding>(this, out var sub) || !sub.Find(guest).IsFound) return; Program(guest);")]
    [InlineData("var owned = space.CreateSet<SvaBinding>(\"sva\", owner: this); if (owned.Find(guest).IsFound) Program(guest);")]
    [InlineData("if (Mine.TryHold(guest, out var mine)) using (mine) Program(guest);")]
    [InlineData("if (SetOf().TryHold(guest, out var mine)) using (mine) Program(guest);")]
    // No call, or a call that accepts a guest's number.
    [InlineData("Checks(guest);")]
    [InlineData("root.Find(guest); reader.Contains(guest); vm.TryResolve(request.Pasid, out _);")]
    [InlineData("handle.AttachPrivateId(request.Pasid);")]
    [InlineData("Console.WriteLine(guest.Value); string text = $\"{guest} {guest.Value}\"; text = guest.ToString(); flag = guest == other || guest.Value > 5;")]
    [InlineData("new System.Collections.Generic.List<RawIoAsid>().Add(guest); Math.Max(guest.Value, 3);")]
    [InlineData("throw new ArgumentOutOfRangeException(nameof(guest), guest, null);")]
    [InlineData("throw new Refused(guest);")]
    // A wrapper or a comparison does not use the number. A check also covers the wrapped number.
    [InlineData("var id = new DeviceId((ushort)guest.Value); flag = id == default || id.Equals(default) || default(DeviceId).Equals(id);")]
    [InlineData("flag = default(Ordered).CompareTo(new Ordered(guest.Value)) > 0;")]
    [InlineData("new System.Collections.Generic.Dictionary<DeviceId, int>().TryGetValue(new DeviceId((ushort)guest.Value), out _);")]
    [InlineData("if (typed.Find(guest).IsFound) Device(new DeviceId((ushort)guest.Value));")]
    [InlineData("guest = other; Program(guest);")]
    [InlineData("uint n = guest.Value; n = 7; n++; Number(n);")]
    [InlineData("Program(other);")]
    [InlineData("Action late = () => Program(guest);")]
    public Task Checked_or_not_used(string statements) => VerifyStatements(statements);

    [Theory]
    [InlineData("record Request([GuestControlled] RawIoAsid Pasid); class C { void M(Request r) => N({|IOASID3003:r.Pasid|}); void N(RawIoAsid id) { } }")]
    [InlineData("class C([GuestControlled] RawIoAsid guest) { void M() => N({|IOASID3003:guest|}); void N(RawIoAsid id) { } }")]
    [InlineData("class B(RawIoAsid id) { public RawIoAsid Id => id; } class C([GuestControlled] RawIoAsid guest) : B({|IOASID3003:guest|});")]
    [InlineData("interface I { void M([GuestControlled] RawIoAsid id); } class C : I { public void M(RawIoAsid id) => N({|IOASID3003:id|}); void N(RawIoAsid id) { } }")]
    [InlineData("abstract class A { public abstract void M([GuestControlled] RawIoAsid id); } class C : A { public override void M(RawIoAsid id) => N({|IOASID3003:id|}); void N(RawIoAsid id) { } }")]
    [InlineData("class C { async Task M([OwnerSet] IoAsidSet vm, [GuestControlled] RawIoAsid id) { if (!vm.TryHold(id, out var mine)) return; using (mine) await N(id); await N(id); } Task N(RawIoAsid id) => Task.CompletedTask; }")]
    [InlineData("static class E { public static void Go(this RawIoAsid id) { } static void M([GuestControlled] RawIoAsid id) => {|IOASID3003:id|}.Go(); }")]
    [InlineData("static class E { public static bool Has(this IoAsidSet set, RawIoAsid id) => set.Contains(id); static void M(IoAsidSet set, [GuestControlled] RawIoAsid id) => set.Has(id); }")]
    public Task Members(string code) => Verify(code);

    private const string Chosen =
        "'pasid' is the guest's choice for 'pasid', and is passed to 'N' unchecked on some path; hold it first by 'TryHold' on the set of its owner";

    /// <summary>The message quotes the part of the argument that the guest chose, without the alternatives.</summary>
    [Theory]
    [InlineData("void M([GuestControlled] RawIoAsid pasid) => N(pasid);", Chosen)]
    [InlineData(
        "void M(IoAsidSet<SvaBinding> sva, [GuestControlled] RawIoAsid pasid) { if (sva.Find(pasid).IsFound) N(pasid); }",
        "'pasid' is the guest's choice for 'pasid', and is passed to 'N' unchecked on some path; 'sva' (IoAsidSet<SvaBinding>) is not known to be the set of one owner: "
        + "mark it [OwnerSet] if it is, or hold the number by the set of its owner")]
    [InlineData("void M([GuestControlled] RawIoAsid pasid, bool b) => N(b ? pasid : default);", Chosen)]
    [InlineData("void M([GuestControlled] RawIoAsid pasid, bool b) => N(b ? default : b ? default : pasid);", Chosen)]
    [InlineData("void M([GuestControlled] RawIoAsid pasid, int n) => N(n switch { 0 => new RawIoAsid(1), _ => pasid });", Chosen)]
    [InlineData("void M([GuestControlled] RawIoAsid? pasid) => N(pasid ?? default);", Chosen)]
    [InlineData("void M([GuestControlled] uint pasid) => N(pasid); static void N(ulong number) { }", Chosen)]
    public async Task Says(string member, string message) => Assert.Equal(message, await Messages.OnlyAsync<GuestNumberAnalyzer>(
        $"class Handler {{ {member} static void N(RawIoAsid id) {{ }} }}", TestContext.Current.CancellationToken));

    private static Task VerifyStatements(string statements) => Verify($$"""
        class Handler(IoAsidSpace space, [OwnerSet] IoAsidSet<SvaBinding> typed)
        {
            [GuestControlled] RawIoAsid kept;
            [GuestControlled] Request Work { get; } = new(default);
            [OwnerSet] IoAsidSet Mine => typed;

            void M(
                [OwnerSet] IoAsidSet vm, IoAsidSet<SvaBinding> root, IoAsidReader<SvaBinding> reader, IoAsidHandle<SvaBinding> handle,
                [GuestControlled] RawIoAsid guest, [GuestControlled] RawIoAsid? maybe, [GuestControlled] Request request, RawIoAsid other, bool flag)
            {
                IoAsidSet<SvaBinding> typed = this.Typed;
                {{statements}}
            }

            [OwnerSet] IoAsidSet<SvaBinding> Typed => typed;

            [return: OwnerSet] IoAsidSet SetOf() => typed;
            [return: GuestControlled] RawIoAsid Read() => kept;
            static void Program(RawIoAsid id) { }
            static void Private(PrivateIoAsid id) { }
            static void Number(uint number) { }
            static void Device(DeviceId id) { }
            static void Checks([GuestControlled] RawIoAsid id) { }
        }

        record Request(PrivateIoAsid Pasid);

        readonly record struct DeviceId(ushort Number);

        readonly record struct Range(uint First, uint Count);

        readonly struct Ordered(uint number) : IComparable<Ordered>
        {
            readonly uint number = number;
            public int CompareTo(Ordered other) => number.CompareTo(other.number);
        }

        class Job(RawIoAsid id) { public RawIoAsid Id => id; }

        class Refused(RawIoAsid id) : Exception($"{id} is refused");
        """);

    private static Task Verify(string code) => new RuleTest<GuestNumberAnalyzer>(code).RunAsync(TestContext.Current.CancellationToken);
}
