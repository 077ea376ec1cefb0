namespace IoAsid.Typed.Tests.CompileTimePromises;

/// <summary>Each offence fails to compile with the promised error, and its correct twin compiles.</summary>
public sealed class CompileTimePromiseTests
{
    /// <summary>The promise, the offending statement, the compiler's error, the correct twin.</summary>
    public static TheoryData<string, string, string, string> Promises => new()
    {
        { "a lookup has a set: the space has none", "space.Find(id);", "CS1061", "sva.Find(id);" },
        { "a lookup has a set: nor has the number", "id.Find();", "CS1061", "sva.Find(id);" },
        { "a lookup has a set: null is not one", "IoAsidReader<SvaBinding>.Of(null);", "CS0411", "IoAsidReader<SvaBinding>.Of(vm);" },
        { "a lookup has a set: a reader cannot be made of nothing", "new IoAsidReader<SvaBinding>(null!);", "CS1729", "_ = sva.Reader;" },
        { "data is not read as another type", "AuxiliaryDomain? data = sva.Find(id).Data;", "CS0029", "SvaBinding? data = sva.Find(id).Data;" },
        { "data is not read as another type, by out", "sva.TryFind(id, out AuxiliaryDomain? data);", "CS1503", "sva.TryFind(id, out SvaBinding? data);" },
        { "data is not read as a subtype", "GuestSvaBinding? data = sva.Find(id).Data;", "CS0266", "SvaBinding? data = vm.Find(id).Data;" },
        { "data is not cast to another type", "_ = (AuxiliaryDomain?)sva.Find(id).Data;", "CS0030", "_ = sva.Find(id).Data as GuestSvaBinding;" },
        { "a getter looks at the set's data", "vm.Find(id, (AuxiliaryDomain data) => true);", "CS1678 CS1661", "vm.Find(id, (GuestSvaBinding data) => true);" },
        { "data of another type is not stored", "vm.Allocate(new AuxiliaryDomain());", "CS1503", "vm.Allocate(new GuestSvaBinding());" },
        { "data of a sibling is not stored", "handle.SetData(new NativeSvaBinding());", "CS1503", "handle.SetData(new GuestSvaBinding());" },
        { "a handle is not another's", "IoAsidHandle<AuxiliaryDomain> other = handle;", "CS0029", "IoAsidHandle<GuestSvaBinding> other = handle;" },
        { "a handle does not widen: writing is not covariant", "IoAsidHandle<SvaBinding> wide = handle;", "CS0029", "IoAsidReader<SvaBinding> wide = IoAsidReader<SvaBinding>.Of(vm);" },
        { "a reader is not another's", "IoAsidReader<SvaBinding> other = aux;", "CS0029", "IoAsidReader<SvaBinding> other = sva;" },
        { "a reader does not narrow", "IoAsidReader<GuestSvaBinding> narrow = reader;", "CS0029", "IoAsidReader<SvaBinding> same = reader;" },
        { "a reader does not narrow by Of", "IoAsidReader<GuestSvaBinding>.Of(sva);", "CS0311", "IoAsidReader<SvaBinding>.Of(vm);" },
        { "a hold is not another's", "using IoAsidHold<AuxiliaryDomain> hold = reader.Hold(id);", "CS0029", "using IoAsidHold<SvaBinding> hold = reader.Hold(id);" },
        { "a reference is not another's", "IoAsidReference<NativeSvaBinding> other = guest;", "CS0029", "IoAsidReference<GuestSvaBinding> same = guest;" },
        { "a set is not another's", "IoAsidSet<SvaBinding> wide = vm;", "CS0029", "IoAsidSet owner = vm;" },
        { "a subset has its parent's type or a subtype", "sva.CreateSubset<AuxiliaryDomain>(\"x\");", "CS0311", "sva.CreateSubset<GuestSvaBinding>(\"x\");" },
        { "a subset does not widen", "vm.CreateSubset<SvaBinding>(\"x\");", "CS0311", "vm.CreateSubset<GuestSvaBinding>(\"x\");" },
        { "a subset is sought by its type", "sva.TryFindSubset<AuxiliaryDomain>(space, out _);", "CS0311", "sva.TryFindSubset<GuestSvaBinding>(space, out _);" },
        { "a set without data type finds no data", "untyped.Find(id);", "CS1061", "vm.Find(id);" },
        { "a set without data type tries no data", "untyped.TryFind(id, out _);", "CS1061", "vm.TryFind(id, out _);" },
        { "a set without data type gives no hold with data", "untyped.Hold(id);", "CS1061", "using IoAsidHold<GuestSvaBinding> hold = vm.Hold(id);" },
        { "a set without data type gives a reference without", "untyped.TryHold(id, out IoAsidReference<SvaBinding>? mine);", "CS1503", "untyped.TryHold(id, out IoAsidReference? mine);" },
        { "a reference without data type has no data", "_ = reference.Data;", "CS1061", "_ = guest.Data;" },
        { "a private number is not a raw one", "sva.Find(guestPasid);", "CS1503", "sva.Find(id);" },
        { "a private number does not convert", "RawIoAsid raw = guestPasid;", "CS0029", "untyped.TryResolve(guestPasid, out RawIoAsid raw);" },
        { "a private number does not convert by cast", "_ = (RawIoAsid)guestPasid;", "CS0030", "untyped.TryResolve(guestPasid, out RawIoAsid raw);" },
        { "a raw number is not a private one", "handle.AttachPrivateId(id);", "CS1503", "handle.AttachPrivateId(guestPasid);" },
        { "a raw number does not convert", "PrivateIoAsid own = id;", "CS0029", "PrivateIoAsid? own = handle.PrivateId;" },
        { "a raw number does not resolve", "untyped.TryResolve(id, out _);", "CS1503", "untyped.TryResolve(guestPasid, out _);" },
        { "a bare integer is no number", "sva.Find(7u);", "CS1503", "sva.Find(new RawIoAsid(7u));" },
        { "a binding is not completed without a receipt", "binding.Complete();", "CS7036", "binding.Complete(drain.Done(binding));" },
        { "a binding cannot be disposed", "using IoAsidBinding mine = binding;", "CS1674", "using IoAsidReference mine = reference;" },
        { "a receipt cannot be made", "new DrainReceipt(binding);", "CS1729", "drain.Done(binding);" },
        { "a receipt comes from the drain itself", "drain.Certify(binding);", "CS0122", "drain.Done(binding);" },
        { "a handle is not made by new", "_ = new IoAsidHandle<GuestSvaBinding>();", "CS0619", "_ = default(IoAsidHandle<GuestSvaBinding>);" },
        { "a handle is not made by target-typed new", "IoAsidHandle<GuestSvaBinding> dead = new();", "CS0619", "IoAsidHandle<GuestSvaBinding> live = vm.Allocate();" },
        { "a reader does not allocate", "reader.Allocate(null);", "CS1061", "sva.Allocate(null);" },
        { "a reader gives no handle", "reader.TryGetHandle(id, out _);", "CS1061", "sva.TryGetHandle(id, out _);" },
        { "a reader frees nothing", "reader.FreeAll();", "CS1061", "sva.FreeAll();" },
        { "a reader's set frees nothing", "reader.Set.FreeAll();", "CS1061", "sva.FreeAll();" },
        { "a reader's set closes nothing", "reader.Set.Close();", "CS1061", "sva.Close();" },
        { "a reader closes nothing", "reader.Close();", "CS1061", "sva.Close();" },
        { "a reader makes no subset", "reader.CreateSubset<GuestSvaBinding>(\"x\");", "CS1061", "sva.CreateSubset<GuestSvaBinding>(\"x\");" },
        { "a reader's lookup is not written to", "var found = reader.Find(id); found.Data = null;", "CS0200", "var found = reader.Find(id); _ = found.Data;" },
        { "a reader's set gives no data and no changes", "reader.Set.Allocate();", "CS1061", "reader.Set.GetStatistics();" },
        { "a hold does not outlive its scope in a lambda", "using IoAsidHold<SvaBinding> hold = reader.Hold(id); Action late = () => hold.Dispose();", "CS8175", "using IoAsidHold<SvaBinding> hold = reader.Hold(id); hold.Dispose();" },
        { "a hold is not boxed", "object kept = reader.Hold(id);", "CS0029", "object? kept = reader.TryHold(id, out var mine) ? mine : null;" },
        { "data is a class", "space.CreateSet<int>(\"x\");", "CS0452", "space.CreateSet<SvaBinding>(\"x\");" },
    };

    /// <summary>The same columns for declarations, whose lines count from 1001.</summary>
    public static TheoryData<string, string, string, string> DeclarationPromises => new()
    {
        { "a hold is not stored in a field", "class Keeper { IoAsidHold<SvaBinding> kept; }", "CS8345", "class Keeper { public IoAsidReference<SvaBinding>? Kept; }" },
        { "a hold is not awaited over", "class Waiter { async System.Threading.Tasks.Task Wait(IoAsidSet<SvaBinding> s) { using var h = s.Hold(default); await System.Threading.Tasks.Task.Yield(); } }", "CS4007",
            "class Waiter { async System.Threading.Tasks.Task Wait(IoAsidSet<SvaBinding> s) { s.TryHold(default(RawIoAsid), out var h); await System.Threading.Tasks.Task.Yield(); h?.Dispose(); } }" },
        { "a set is not made outside the SDK", "class Own : IoAsidSet { }", "CS1729", "class Own : IoAsidNumberAllocator { public override object NumberSpace => this; public override uint? Allocate(uint min, uint max) => null; public override void Free(uint number) { } }" },
        { "a typed set is sealed", "class Own : IoAsidSet<SvaBinding> { }", "CS0509", "class Own { public IoAsidSet<SvaBinding>? Set; }" },
    };

    [Theory]
    [MemberData(nameof(Promises))]
    public void A_statement_that_must_not_compile_does_not_and_its_twin_does(string promise, string offence, string error, string twin)
    {
        Assert.True(Expected(1, error).SetEquals(Snippet.ErrorsOf(offence)), $"{promise}: expected {error}, got {string.Join(" ", Snippet.ErrorsOf(offence))}");
        Assert.Empty(Snippet.ErrorsOf(twin));
    }

    [Theory]
    [MemberData(nameof(DeclarationPromises))]
    public void A_declaration_that_must_not_compile_does_not_and_its_twin_does(string promise, string offence, string error, string twin)
    {
        Assert.True(Expected(1001, error).SetEquals(Snippet.ErrorsOf("", offence)), $"{promise}: expected {error}, got {string.Join(" ", Snippet.ErrorsOf("", offence))}");
        Assert.Empty(Snippet.ErrorsOf("", twin));
    }

    private static HashSet<string> Expected(int line, string errors) => [.. errors.Split(' ').Select(error => $"{line}: {error}")];
}
