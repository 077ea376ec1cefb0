namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>IOASID2002: a member that throws, used after a free or release on every path to it.</summary>
public sealed class UseAfterEndTests
{
    [Theory]
    // handles
    [InlineData("handle.Free(); handle.{|IOASID2002:SetData|}(null!);")]
    [InlineData("handle.Free(); _ = handle.{|IOASID2002:Data|};")]
    [InlineData("handle.Free(); handle.{|IOASID2002:Data|}?.Serve();")]
    [InlineData("handle.Free(); handle.{|IOASID2002:ClearData|}();")]
    [InlineData("handle.Free(); handle.{|IOASID2002:AttachPrivateId|}(new PrivateIoAsid(1));")]
    [InlineData("handle.Free(); handle.{|IOASID2002:DetachPrivateId|}();")]
    [InlineData("handle.Free(); if (handle.{|IOASID2002:PrivateId|} is null) return;")]
    [InlineData("handle.FreeAsync().Wait(); handle.{|IOASID2002:ClearData|}();")]
    [InlineData("Task freed = handle.FreeAsync(); handle.{|IOASID2002:ClearData|}();")]
    [InlineData("if (handle.Free() == IoAsidFreeResult.Pending) handle.{|IOASID2002:ClearData|}();")]
    [InlineData("if (flag) handle.Free(); else handle.FreeAsync(); handle.{|IOASID2002:ClearData|}();")]
    [InlineData("var same = handle; same.Free(); handle.{|IOASID2002:ClearData|}();")]
    [InlineData("var same = handle; handle.Free(); same.{|IOASID2002:ClearData|}();")]
    [InlineData("handle.Free(); var same = handle; same.{|IOASID2002:ClearData|}();")]
    [InlineData("handle.Free(); Action clear = handle.{|IOASID2002:ClearData|}; clear();")]
    [InlineData("var mine = sva.Allocate(); mine.Free(); mine.{|IOASID2002:ClearData|}();")]
    [InlineData("if (!sva.TryGetHandle(id, out var found)) return; found.Free(); found.{|IOASID2002:ClearData|}();")]
    [InlineData("foreach (var each in new[] { handle, other }) { each.Free(); each.{|IOASID2002:ClearData|}(); }")]
    [InlineData("try { Next(); } finally { handle.Free(); } handle.{|IOASID2002:ClearData|}();")]
    [InlineData("try { handle.Free(); Next(); } catch (Exception) { handle.{|IOASID2002:ClearData|}(); }")]
    [InlineData("handle.Free(); try { handle.{|IOASID2002:ClearData|}(); } catch (Exception) { }")]
    [InlineData("handle.Free(); try { Next(); } catch (Exception) when (flag) { handle.{|IOASID2002:ClearData|}(); }")]
    [InlineData("handle.Free(); while (flag) { handle.{|IOASID2002:ClearData|}(); }")]
    [InlineData("handle.Free(); switch (number) { case 1: handle.{|IOASID2002:ClearData|}(); break; }")]
    [InlineData("handle.Free(); again: handle.{|IOASID2002:ClearData|}(); if (flag) goto again;")]
    [InlineData("Action late = () => { var h = sva.Allocate(); h.Free(); h.{|IOASID2002:ClearData|}(); };")]
    // holds and references
    [InlineData("var hold = sva.Hold(id); hold.Dispose(); hold.{|IOASID2002:Data|}.Serve();")]
    [InlineData("var hold = sva.Hold(id); hold.Dispose(); Number(hold.{|IOASID2002:Id|});")]
    [InlineData("using var hold = sva.Hold(id); hold.Dispose(); hold.{|IOASID2002:Data|}.Serve();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; mine.Dispose(); mine.{|IOASID2002:Data|}.Serve();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; using (mine) Next(); mine.{|IOASID2002:Data|}.Serve();")]
    [InlineData("sva.TryHold(id, out var mine); mine?.Dispose(); mine!.{|IOASID2002:Data|}.Serve();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; ((IDisposable)mine).Dispose(); mine.{|IOASID2002:Data|}.Serve();")]
    public Task Used_after(string statements) => LifetimeCode.VerifyStatements(statements);

    [Theory]
    // what works afterwards too
    [InlineData("handle.Free(); handle.Free(); handle.FreeAsync().Wait(); Number(handle.Id); if (handle.IsStale || handle.Equals(other)) Console.WriteLine(handle.ToString());")]
    [InlineData("handle.Free(); Console.WriteLine(handle.Generation + handle.Set.Name + handle.GetHashCode()); if (handle == other) return;")]
    [InlineData("var hold = sva.Hold(id); hold.Dispose(); hold.Dispose(); Console.WriteLine(hold.IsHeld + hold.ToString() + hold.Status);")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; mine.Dispose(); mine.Dispose(); Number(mine.Id); Console.WriteLine(mine.IsReleased);")]
    [InlineData("IoAsidBinding binding = handle.Bind(); binding.Complete(drain.Of(binding)); binding.Complete(drain.Of(binding)); Number(binding.Id);")]
    [InlineData("handle.Free(); Console.WriteLine(nameof(handle.Data));")]
    // not on every path
    [InlineData("if (flag) handle.Free(); handle.ClearData();")]
    [InlineData("handle.ClearData(); handle.Free();")]
    [InlineData("if (flag) { handle.Free(); return; } handle.ClearData();")]
    [InlineData("while (flag) { handle.ClearData(); handle.Free(); }")]
    [InlineData("try { Next(); handle.Free(); } catch (Exception) { handle.ClearData(); }")]
    [InlineData("try { Next(); handle.Free(); } finally { handle.ClearData(); }")]
    [InlineData("for (int i = 0; i < number; i++) { if (i > 0) handle.ClearData(); handle.Free(); }")]
    [InlineData("switch (number) { case 1: handle.Free(); break; default: break; } handle.ClearData();")]
    [InlineData("_ = flag && handle.Free() == IoAsidFreeResult.Pending; handle.ClearData();")]
    [InlineData("if (kept is null) handle.Free(); else Next(); kept = null; if (kept is null) handle.ClearData();")]
    [InlineData("sva.TryHold(id, out var mine); mine?.Dispose(); if (flag) sva.{|IOASID2001:TryHold|}(id, out mine); mine?.Data.Serve();")]
    // the exception is what is wanted
    [InlineData("handle.Free(); try { handle.ClearData(); } catch (StaleIoAsidException stale) { Console.WriteLine(stale.Message); }")]
    [InlineData("handle.Free(); try { if (flag) handle.ClearData(); } catch (InvalidOperationException) when (flag) { } finally { Next(); }")]
    // another value by then
    [InlineData("handle.Free(); handle = sva.Allocate(); handle.ClearData();")]
    [InlineData("handle.Free(); sva.TryAllocate(null, out handle, out _); handle.ClearData();")]
    [InlineData("handle.Free(); if (!sva.TryGetHandle(id, out handle)) return; handle.ClearData();")]
    [InlineData("handle.Free(); other.ClearData();")]
    [InlineData("handle.Free(); (handle, other) = (other, handle); handle.ClearData();")]
    [InlineData("var same = handle; same = other; same.Free(); handle.ClearData();")]
    [InlineData("foreach (var each in new[] { handle, other }) { each.ClearData(); each.Free(); }")]
    [InlineData("sva.TryHold(id, out var mine); mine?.Dispose(); sva.TryHold(id, out mine); mine?.Data.Serve(); mine?.Dispose();")]
    // somebody else may have given it another value, or freed it at another time
    [InlineData("void Renew() => handle = sva.Allocate(); handle.Free(); Renew(); handle.ClearData();")]
    [InlineData("handle.Free(); Renew(ref handle); handle.ClearData(); void Renew(ref IoAsidHandle<SvaBinding> h) => h = sva.Allocate();")]
    [InlineData("Action free = () => handle.Free(); handle.ClearData(); free();")]
    [InlineData("var hold = sva.Hold(id); hold.Dispose(); if (hold.IsHeld) hold.Data.Serve();")]
    [InlineData("handle.Free(); if (!handle.IsStale) handle.ClearData();")]
    public Task Alive_or_perhaps(string statements) => LifetimeCode.VerifyStatements(statements);

    [Theory]
    [InlineData("class C(IoAsidHandle<SvaBinding> handle) { void M() { handle.Free(); handle.ClearData(); } }")]
    [InlineData("class C { IoAsidHandle<SvaBinding> handle; void M() { handle.Free(); handle = default; } void N() => handle.ClearData(); }")]
    [InlineData("class C<T> where T : class { void M(IoAsidSet<T> set, T data) { var h = set.Allocate(data); h.Free(); h.{|IOASID2002:SetData|}(data); } }")]
    [InlineData("class C { async Task M(IoAsidHandle<SvaBinding> h) { await h.FreeAsync(); h.{|IOASID2002:ClearData|}(); } }")]
    [InlineData("class C { async Task M(IoAsidHandle<SvaBinding> h) { var t = h.FreeAsync(); await Task.Delay(1); h.{|IOASID2002:ClearData|}(); await t; } }")]
    [InlineData("class C { IEnumerable<int> M(IoAsidHandle<SvaBinding> h) { h.Free(); yield return 1; h.{|IOASID2002:ClearData|}(); } }")]
    [InlineData("#nullable disable\nclass C { void M(IoAsidReference<SvaBinding> r) { r.Dispose(); r.{|IOASID2002:Data|}.Serve(); } }")]
    public Task Members(string code) => LifetimeCode.Verify(code);
}
