namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>IOASID2008: code that waits for a free while its own hold of the id keeps the free pending.</summary>
public sealed class WaitWhileHoldingTests
{
    [Theory]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; await handle.{|IOASID2008:FreeAsync|}(); mine.Dispose();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) await handle.{|IOASID2008:FreeAsync|}();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) await handle.{|IOASID2008:FreeAsync|}().ConfigureAwait(false);")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) await handle.{|IOASID2008:FreeAsync|}(CancellationToken.None);")]
    [InlineData("if (!vm.TryHold(handle.Id, out var mine)) return; using (mine) { Task freed = handle.{|IOASID2008:FreeAsync|}(); await freed; }")]
    [InlineData("using var hold = sva.Hold(handle.Id); handle.{|IOASID2008:FreeAsync|}().Wait();", "void")]
    [InlineData("using var hold = reader.Hold(handle.Id); handle.{|IOASID2008:FreeAsync|}().GetAwaiter().GetResult();", "void")]
    [InlineData("using var hold = reader.Hold(handle.Id); if (hold.IsHeld) handle.{|IOASID2008:FreeAsync|}().Wait();", "void")]
    [InlineData("RawIoAsid mineId = handle.Id; if (!sva.TryHold(mineId, out var mine)) return; using (mine) await handle.{|IOASID2008:FreeAsync|}();")]
    [InlineData("if (!sva.TryGetHandle(id, out var found) || !sva.TryHold(id, out var mine)) return; using (mine) await found.{|IOASID2008:FreeAsync|}();")]
    [InlineData("var same = handle; if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) await same.{|IOASID2008:FreeAsync|}();")]
    [InlineData("if (flag && sva.TryHold(handle.Id, out var mine)) { await handle.{|IOASID2008:FreeAsync|}(); mine.Dispose(); }")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; try { await handle.{|IOASID2008:FreeAsync|}(); } finally { mine.Dispose(); }")]
    public Task Held(string statements, string returns = "async Task") => LifetimeCode.VerifyStatements(statements, returns);

    [Fact]
    public Task A_binding_of_ones_own() => LifetimeCode.VerifyStatements(
        "var binding = handle.Bind(); await handle.{|IOASID2008:{|IOASID2005:FreeAsync|}|}(); binding.Complete(drain.Of(binding));", "async Task");

    [Theory]
    [InlineData("await handle.FreeAsync();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; mine.Dispose(); await handle.FreeAsync();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) await other.FreeAsync();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; using (mine) await handle.FreeAsync();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) { await handle.FreeAsync(); return; } mine.Dispose();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; Task freed = handle.FreeAsync(); mine.Dispose(); await freed;")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) handle.Free();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) handle.FreeAsync().Wait(100);")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; using (mine) await Task.WhenAny(handle.FreeAsync(), Task.Delay(1));")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; handle = other; using (mine) await handle.FreeAsync();")]
    [InlineData("if (!sva.TryHold(handle.Id, out var mine)) return; Unknown(mine); await handle.FreeAsync();")]
    [InlineData("foreach (var each in new[] { handle, other }) { sva.TryHold(each.Id, out var mine); mine?.Dispose(); await each.FreeAsync(); }")]
    [InlineData("using var hold = sva.Hold(handle.Id); if (!hold.IsHeld) handle.FreeAsync().Wait();", "void")]
    public Task Not_held(string statements, string returns = "async Task") => LifetimeCode.VerifyStatements(statements, returns);

    [Theory]
    [InlineData("class C(IoAsidSet vm) { readonly IoAsidHandle<SvaBinding> handle; async Task M() { if (vm.TryHold(handle.Id, out var mine)) using (mine) await handle.{|IOASID2008:FreeAsync|}(); } }")]
    [InlineData("class C(IoAsidSet vm) { IoAsidHandle<SvaBinding> Handle { get; } async Task M() { if (vm.TryHold(Handle.Id, out var mine)) using (mine) await Handle.{|IOASID2008:FreeAsync|}(); } }")]
    [InlineData("class C(IoAsidSet vm) { IoAsidHandle<SvaBinding> Handle { get; set; } async Task M() { if (vm.TryHold(Handle.Id, out var mine)) using (mine) await Handle.FreeAsync(); } }")]
    public Task Fields(string code) => LifetimeCode.Verify(code);
}
