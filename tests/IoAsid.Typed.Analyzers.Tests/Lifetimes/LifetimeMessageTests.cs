using IoAsid.Typed.Analyzers.Tests.Verification;

namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>The messages of the lifetime rules: they name the set, the data type, the member, and the remedy.</summary>
public sealed class LifetimeMessageTests
{
    [Theory]
    [InlineData(
        "void M() { var hold = vm.Set.Hold(default); }",
        "On some path out of 'M', the hold that 'Hold' takes through 'vm.Set' (IoAsidSet<GuestSvaBinding>) is neither released nor passed on; take it with 'using'")]
    [InlineData(
        "bool Has => vm.Set.TryHold(default(RawIoAsid), out _);",
        "On some path out of 'Has', the reference that 'TryHold' takes through 'vm.Set' (IoAsidSet<GuestSvaBinding>) is neither released nor passed on; "
        + "give it a name, and release it with 'using' where 'TryHold' is true")]
    [InlineData(
        "bool Has(RawIoAsid id) { return vm.Set.TryHold(id, out var mine) && mine.Data.TryGet(); }",
        "On some path out of 'Has', the reference that 'TryHold' takes through 'vm.Set' (IoAsidSet<GuestSvaBinding>) is neither released nor passed on; "
        + "release it with 'using' where 'TryHold' is true")]
    [InlineData(
        "Action bind = static () => Pasid.Bind();",
        "On some path out of 'lambda', the binding that 'Bind' takes through 'Pasid' (IoAsidHandle<GuestSvaBinding>) is neither released nor passed on; "
        + "complete it with the receipt of its drain, or keep it")]
    [InlineData(
        "void Keep([TakesOwnership] IoAsidReference mine) { }",
        "On some path out of 'Keep', 'mine' (IoAsidReference), which it takes over, is neither released nor passed on; release it, or pass it on")]
    [InlineData(
        "void M(IoAsidHandle<GuestSvaBinding> pasid) { pasid.Free(); pasid.ClearData(); }",
        "'ClearData' of 'pasid' (IoAsidHandle<GuestSvaBinding>) is used after 'Free' on every path to it, and throws; use it before 'Free'")]
    [InlineData(
        "void M(IoAsidHandle<GuestSvaBinding> pasid, DrainReceipt r) { var b = pasid.Bind(); pasid.Free(); b.Complete(r); }",
        "'pasid' (IoAsidHandle<GuestSvaBinding>) is freed while its binding 'pasid.Bind()' is live, so its number stays pending; "
        + "drain and complete the binding first, then free")]
    [InlineData(
        "async Task M(IoAsidHandle<GuestSvaBinding> pasid) { if (vm.Set.TryHold(pasid.Id, out var mine)) using (mine) await pasid.FreeAsync(); }",
        "The wait for 'FreeAsync' of 'pasid' (IoAsidHandle<GuestSvaBinding>) never ends: the reference that 'TryHold' takes through 'vm.Set' "
        + "(IoAsidSet<GuestSvaBinding>) is live here; release it before the wait")]
    public async Task Says(string member, string message) => Assert.Equal(message, await Messages.OnlyAsync<LifetimeAnalyzer>(
        $$"""
        class Container { public IoAsidSet<GuestSvaBinding> Set { get; } = null!; }

        class Handler(Container vm)
        {
            static IoAsidHandle<GuestSvaBinding> Pasid => default;
            readonly Container vm = vm;
            {{member}}
        }
        """,
        TestContext.Current.CancellationToken));
}
