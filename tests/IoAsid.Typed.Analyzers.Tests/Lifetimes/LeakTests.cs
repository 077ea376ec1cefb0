using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>IOASID2001: a hold, reference or binding that some path neither releases nor passes on.</summary>
public sealed class LeakTests
{
    [Theory]
    // Never released.
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id);")]
    [InlineData("IoAsidHold<SvaBinding> hold = reader.{|IOASID2001:Hold|}(id);")]
    [InlineData("sva.{|IOASID2001:Hold|}(id);")]
    [InlineData("_ = sva.{|IOASID2001:Hold|}(id);")]
    [InlineData("sva.{|IOASID2001:Hold|}(id).Data.Serve();")]
    [InlineData("if (sva.{|IOASID2001:Hold|}(id).IsHeld) return;")]
    [InlineData("sva.{|IOASID2001:TryHold|}(id, out IoAsidReference<SvaBinding>? mine);")]
    [InlineData("sva.{|IOASID2001:TryHold|}(id, out var mine);")]
    [InlineData("vm.{|IOASID2001:TryHold|}(new PrivateIoAsid(1), out IoAsidReference? mine);")]
    [InlineData("IoAsidBinding binding = handle.{|IOASID2001:Bind|}();")]
    [InlineData("handle.{|IOASID2001:Bind|}(device: error);")]
    [InlineData("var binding = handle.{|IOASID2001:Bind|}(); var again = binding; Number(again.Id);")]
    // Discarded.
    [InlineData("vm.{|IOASID2001:TryHold|}(id, out _);")]
    [InlineData("if (!vm.{|IOASID2001:TryHold|}(id, out _)) return; Number(id);")]
    [InlineData("if (sva.{|IOASID2001:TryHold|}(id, out IoAsidReference<SvaBinding>? _)) Number(id);")]
    [InlineData("while (!sva.{|IOASID2001:TryHold|}(id, out _)) Next();")]
    // Not released on one path.
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id); if (flag) return; hold.Dispose();")]
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id); if (flag) hold.Dispose();")]
    [InlineData("if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; if (mine.Data.Users == 0) return; mine.Dispose();")]
    [InlineData("if (sva.{|IOASID2001:TryHold|}(id, out var mine)) { if (flag) mine.Dispose(); }")]
    [InlineData("if (!flag || !sva.{|IOASID2001:TryHold|}(id, out var mine)) return; mine.Data.Serve();")]
    [InlineData("if (flag && sva.{|IOASID2001:TryHold|}(id, out var mine) && mine.Data.Users > 0) mine.Dispose();")]
    [InlineData("bool ok = sva.{|IOASID2001:TryHold|}(id, out var mine); if (!ok) mine?.Dispose();")]
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id); if (!hold.IsHeld) hold.Dispose();")]
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id); if (hold.Status != IoAsidLookupStatus.Found) hold.Dispose();")]
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id); if (hold is { IsHeld: false }) hold.Dispose();")]
    [InlineData("switch (number) { case 1: sva.{|IOASID2001:TryHold|}(id, out var mine); break; default: break; }")]
    [InlineData("sva.{|IOASID2001:TryHold|}(id, out var mine); if (mine is null) return; if (flag) throw error;")]
    [InlineData("if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; if (flag) return; using (mine) { }")]
    [InlineData("if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; foreach (int i in Enumerable.Range(0, 3)) { if (flag) return; } using (mine) { }")]
    [InlineData("if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; if (flag) mine = null; using (mine) { }")]
    [InlineData("if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; try { mine = null; } finally { mine?.Dispose(); }")]
    [InlineData("if (sva.{|IOASID2001:TryHold|}(id, out var mine) && sva.TryHold(id2, out var second)) { mine.Dispose(); second.Dispose(); }")]
    [InlineData("if (sva.{|IOASID2001:TryHold|}(id, out var mine) && flag) { using (mine) { } }")]
    [InlineData("int state = 300; if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; if ((byte)state == 300) mine.Dispose();")]
    [InlineData("int state = 3; if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; if (state > 3) mine.Dispose();")]
    [InlineData("if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; for (int i = 0; i < number; i++) mine.Dispose();")]
    // Overwritten, or lost in a loop.
    [InlineData("sva.{|IOASID2001:TryHold|}(id, out var mine); mine = null;")]
    [InlineData("IoAsidReference<SvaBinding>? mine = null; while (flag) sva.{|IOASID2001:TryHold|}(id, out mine); mine?.Dispose();")]
    [InlineData("while (true) { sva.{|IOASID2001:TryHold|}(id, out var mine); mine?.Data.Serve(); }")]
    [InlineData("for (;;) sva.{|IOASID2001:Hold|}(id);")]
    [InlineData("foreach (int i in Enumerable.Range(0, 3)) { var hold = sva.{|IOASID2001:Hold|}(id); if (i == number) continue; hold.Dispose(); }")]
    [InlineData("foreach (int i in Enumerable.Range(0, 3)) { var hold = sva.{|IOASID2001:Hold|}(id); if (i == number) break; hold.Dispose(); }")]
    [InlineData("var hold = sva.{|IOASID2001:Hold|}(id); goto end; hold.Dispose(); end: ;")]
    // Exceptions and finally.
    [InlineData("try { var hold = sva.{|IOASID2001:Hold|}(id); } finally { Next(); }")]
    [InlineData("try { Next(); } catch (Exception) { sva.{|IOASID2001:TryHold|}(id, out var mine); mine?.Data.Serve(); }")]
    [InlineData("IoAsidReference<SvaBinding>? mine = null; try { sva.{|IOASID2001:TryHold|}(id, out mine); } finally { if (flag) mine?.Dispose(); }")]
    [InlineData("using var first = sva.Hold(id); var second = sva.{|IOASID2001:Hold|}(id2); if (flag) return; second.Dispose();")]
    // Other spellings.
    [InlineData("var bound = flag ? handle.{|IOASID2001:Bind|}() : other.{|IOASID2001:Bind|}(); Number(bound.Id);")]
    [InlineData("var data = sva.{|IOASID2001:TryHold|}(id, out var mine) ? mine.Data : null; data?.Serve();")]
    [InlineData("string text = $\"{handle.{|IOASID2001:Bind|}()}\";")]
    [InlineData("var mine = (object)handle.{|IOASID2001:Bind|}(); Console.WriteLine(mine);")]
    [InlineData("sva?.{|IOASID2001:TryHold|}(id, out var mine);")]
    [InlineData("Func<bool> isMine = () => vm.{|IOASID2001:TryHold|}(id, out _);")]
    [InlineData("Action local = Local; local(); void Local() { var hold = sva.{|IOASID2001:Hold|}(id); }")]
    [InlineData("Func<bool> f = static delegate { return false; }; Action<IoAsidSet> g = s => { s.{|IOASID2001:TryHold|}(default(RawIoAsid), out var m); Console.WriteLine(m); };")]
    public Task Forgotten(string statements) => LifetimeCode.VerifyStatements(statements);

    [Theory]
    // Released.
    [InlineData("using var hold = sva.Hold(id);")]
    [InlineData("using IoAsidHold<SvaBinding> hold = sva.Hold(id); if (!hold.IsHeld) return; hold.Data.Serve();")]
    [InlineData("using (sva.Hold(id)) { }")]
    [InlineData("using (var hold = sva.Hold(id)) { if (flag) return; hold.Data.Serve(); }")]
    [InlineData("var hold = sva.Hold(id); hold.Dispose();")]
    [InlineData("var hold = sva.Hold(id); if (!hold.IsHeld) return; hold.Dispose();")]
    [InlineData("var hold = sva.Hold(id); if (hold.Status == IoAsidLookupStatus.Found) hold.Dispose();")]
    [InlineData("var hold = sva.Hold(id); switch (hold.Status) { case IoAsidLookupStatus.Found: hold.Dispose(); break; case IoAsidLookupStatus.NoData: return; default: return; }")]
    [InlineData("var hold = sva.Hold(id); if (hold is { IsHeld: true }) hold.Dispose();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; mine.Dispose();")]
    [InlineData("if (!sva.TryHold(id, out IoAsidReference<SvaBinding>? mine)) return; using (mine) { if (flag) return; }")]
    [InlineData("if (!vm.TryHold(id, out var mine)) return; using var release = mine; Number(mine.Id);")]
    [InlineData("if (!flag || !sva.TryHold(id, out var mine)) return; mine.Dispose();")]
    [InlineData("if (flag && sva.TryHold(id, out var mine)) mine.Dispose();")]
    [InlineData("if (sva.TryHold(id, out var mine) is false) return; mine.Dispose();")]
    [InlineData("if (sva.TryHold(id, out var mine) == true) { mine.Dispose(); }")]
    [InlineData("sva.TryHold(id, out var mine); mine?.Dispose();")]
    [InlineData("sva.TryHold(id, out var mine); if (mine != null) mine.Dispose();")]
    [InlineData("sva.TryHold(id, out var mine); if (mine is not null) { mine.Dispose(); }")]
    [InlineData("sva.TryHold(id, out var mine); if (mine is { } m) m.Dispose();")]
    [InlineData("sva.TryHold(id, out var mine); if (mine is IoAsidReference<SvaBinding> m) m.Dispose();")]
    [InlineData("sva.TryHold(id, out var mine); using (mine) Next();")]
    [InlineData("bool ok = sva.TryHold(id, out var mine); if (!ok) return; mine!.Dispose();")]
    [InlineData("bool ok; if (!(ok = sva.TryHold(id, out var mine))) return; mine!.Dispose();")]
    [InlineData("bool missing = !sva.TryHold(id, out var mine); if (missing) return; mine!.Dispose();")]
    [InlineData("var mine = default(IoAsidReference<SvaBinding>); if (!(flag ? sva.TryHold(id, out mine) : reader.TryHold(id2, out mine))) return; mine.Dispose();")]
    [InlineData("if (sva?.TryHold(id, out var mine) == true) mine!.Dispose();")]
    [InlineData("IoAsidReference<SvaBinding>? mine; while (!sva.TryHold(id, out mine)) Next(); mine.Dispose();")]
    [InlineData("for (int i = 0; i < 3; i++) { using var hold = sva.Hold(id); if (i == number) continue; if (flag) break; }")]
    [InlineData("foreach (int i in Enumerable.Range(0, 3)) { if (!sva.TryHold(id, out var mine)) continue; mine.Dispose(); }")]
    [InlineData("IoAsidReference? last = null; foreach (int i in Enumerable.Range(0, 3)) { last?.Dispose(); vm.TryHold(id, out last); } last?.Dispose();")]
    [InlineData("var hold = sva.Hold(id); try { if (flag) return; Next(); } finally { hold.Dispose(); }")]
    [InlineData("IoAsidReference? mine = null; try { if (!vm.TryHold(id, out mine)) return; Next(); } finally { mine?.Dispose(); }")]
    [InlineData("IoAsidReference? mine = null; try { vm.TryHold(id, out mine); if (flag) return; try { Next(); } finally { Next(); } } finally { if (mine is not null) mine.Dispose(); }")]
    [InlineData("var a = sva.Hold(id); var b = a; b.Dispose();")]
    [InlineData("sva.TryHold(id, out var mine); IDisposable? d = mine; d?.Dispose();")]
    [InlineData("IoAsidBinding binding = handle.Bind(); binding.Complete(drain.Of(binding));")]
    [InlineData("var (ok, count) = (sva.TryHold(id, out var mine), 1); if (ok) mine!.Dispose();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; if (flag) Next(); all.Add(mine);")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; foreach (int i in Enumerable.Range(0, 3)) Next(); using (mine) { }")]
    [InlineData("retry: if (!sva.TryHold(id, out var mine)) goto retry; mine.Dispose();")]
    // Not released only on paths that throw or do not end.
    [InlineData("var hold = sva.Hold(id); if (flag) throw error; hold.Dispose();")]
    [InlineData("var hold = sva.Hold(id); try { Next(); } catch (Exception) { return; } hold.Dispose();")]
    [InlineData("var hold = sva.Hold(id); while (true) Next();")]
    [InlineData("var hold = sva.Hold(id); Environment.FailFast(null);")]
    // The same condition decides twice.
    [InlineData("IoAsidReference? mine = null; if (flag) vm.TryHold(id, out mine); Next(); if (flag) mine?.Dispose();")]
    [InlineData("IoAsidReference? mine = null; if (number == 3) vm.TryHold(id, out mine); if (number != 3) return; mine?.Dispose();")]
    [InlineData("IoAsidReference? mine = null; if (kept is null) vm.TryHold(id, out mine); Next(); if (kept is null) mine?.Dispose();")]
    [InlineData("byte state = 1; if (!sva.TryHold(id, out var mine)) return; if (state == 1) mine.Dispose();")]
    [InlineData("uint state = 1; if (!sva.TryHold(id, out var mine)) return; if (state == 1L && state < 2 && !(state >= 2)) mine.Dispose();")]
    [InlineData("if (!sva.TryHold(id, out var mine)) return; for (int i = 0; i < 3; i++) { if (flag) Next(); mine.Dispose(); }")]
    // Passed on, at least possibly.
    [InlineData("vm.TryHold(id, out kept);")]
    [InlineData("if (vm.TryHold(id, out var mine)) kept = mine;")]
    [InlineData("if (vm.TryHold(id, out var mine)) all.Add(mine);")]
    [InlineData("if (vm.TryHold(id, out var mine)) Take(mine);")]
    [InlineData("if (vm.TryHold(id, out var mine)) Unknown(mine);")]
    [InlineData("if (vm.TryHold(id, out var mine)) { IoAsidReference[] some = [mine]; }")]
    [InlineData("if (vm.TryHold(id, out var mine)) { var pair = (mine, 1); }")]
    [InlineData("if (vm.TryHold(id, out var mine)) { var both = new { mine }; }")]
    [InlineData("if (vm.TryHold(id, out var mine)) { Action release = mine.Dispose; Unknown(release); }")]
    [InlineData("if (vm.TryHold(id, out var mine)) Unknown((Action)(() => mine.Dispose()));")]
    [InlineData("if (vm.TryHold(id, out var mine)) Release(); void Release() => mine.Dispose();")]
    [InlineData("if (vm.TryHold(id, out var mine)) { dynamic late = mine; late.Dispose(); }")]
    [InlineData("if (vm.TryHold(id, out var mine)) { dynamic late = this; late.Take(mine); }")]
    [InlineData("if (vm.TryHold(id, out var mine)) { ref var same = ref mine; same.Dispose(); }")]
    [InlineData("UnknownHold(sva.Hold(id));")]
    [InlineData("Unknown(handle.Bind());")]
    [InlineData("var waiting = Task.FromResult(handle.Bind());")]
    [InlineData("System.Linq.Expressions.Expression<Func<IoAsidBinding>> tree = () => handle.Bind(null);")]
    public Task Released_or_passed_on(string statements) => LifetimeCode.VerifyStatements(statements);

    [Theory]
    [InlineData("IoAsidHold<SvaBinding>", "return sva.Hold(id);")]
    [InlineData("IoAsidHold<SvaBinding>", "var hold = sva.Hold(id); if (!hold.IsHeld) return default; return hold;")]
    [InlineData("IoAsidHold<SvaBinding>", "var hold = sva.{|IOASID2001:Hold|}(id); if (flag) return default; return hold;")]
    [InlineData("IoAsidReference?", "return vm.TryHold(id, out var mine) ? mine : null;")]
    [InlineData("IoAsidReference?", "vm.TryHold(id, out var mine); return mine;")]
    [InlineData("IoAsidReference?", "return kept ?? (vm.TryHold(id, out var mine) ? mine : null);")]
    [InlineData("IoAsidBinding", "return handle.Bind();")]
    [InlineData("(IoAsidBinding, int)", "return (handle.Bind(), 1);")]
    [InlineData("object", "return flag switch { true => handle.Bind(), false => other.Bind() };")]
    [InlineData("object", "return flag switch { true => handle.{|IOASID2001:Bind|}().Id, false => other.Bind() };")]
    [InlineData("bool", "return vm.{|IOASID2001:TryHold|}(id, out _);")]
    [InlineData("SvaBinding", "return sva.{|IOASID2001:Hold|}(id).Data;")]
    [InlineData("SvaBinding?", "using var hold = sva.Hold(id); return hold.IsHeld ? hold.Data : null;")]
    [InlineData("IEnumerable<int>", "if (!vm.{|IOASID2001:TryHold|}(id, out var mine)) yield break; yield return 1; if (flag) yield break; mine.Dispose();")]
    [InlineData("IEnumerable<int>", "if (!vm.TryHold(id, out var mine)) yield break; using (mine) { yield return 1; }")]
    [InlineData("IEnumerable<IoAsidReference>", "if (vm.TryHold(id, out var mine)) yield return mine;")]
    [InlineData("async Task", "if (!vm.{|IOASID2001:TryHold|}(id, out var mine)) return; await Task.Yield(); if (flag) return; mine.Dispose();")]
    [InlineData("async Task", "if (!vm.TryHold(id, out var mine)) return; using (mine) await Task.Yield();")]
    [InlineData("async Task<IoAsidReference?>", "vm.TryHold(id, out var mine); await Task.Yield(); return mine;")]
    public Task Returned(string type, string statements) => LifetimeCode.VerifyStatements(statements, type);

    /// <summary>Members of every kind, in code of every style.</summary>
    [Theory]
    [InlineData("class C { bool Has(IoAsidSet vm, RawIoAsid id) => vm.{|IOASID2001:TryHold|}(id, out _); }")]
    [InlineData("class C { bool Try(IoAsidSet vm, RawIoAsid id, out IoAsidReference? mine) => vm.TryHold(id, out mine); }")]
    [InlineData("class C { void Into(IoAsidSet vm, RawIoAsid id, ref IoAsidReference? mine) => vm.TryHold(id, out mine); }")]
    [InlineData("class C(IoAsidSet vm, RawIoAsid id) { bool Has => vm.{|IOASID2001:TryHold|}(id, out _); bool field = vm.{|IOASID2001:TryHold|}(id, out _); }")]
    [InlineData("class C(IoAsidHandle<SvaBinding> handle) { readonly IoAsidBinding binding = handle.Bind(); }")]
    [InlineData("class C { readonly IoAsidBinding binding; C(IoAsidHandle<SvaBinding> handle) => binding = handle.Bind(); }")]
    [InlineData("class C { readonly RawIoAsid id; C(IoAsidHandle<SvaBinding> handle) => id = handle.{|IOASID2001:Bind|}().Id; }")]
    [InlineData("class C<T> where T : SvaBinding { void M(IoAsidSet<T> set, RawIoAsid id) { var hold = set.{|IOASID2001:Hold|}(id); hold.Data.Serve(); } }")]
    [InlineData("class C { void M<TSet>(TSet set, RawIoAsid id) where TSet : IoAsidSet { set.{|IOASID2001:TryHold|}(id, out var mine); Console.WriteLine(mine); } }")]
    [InlineData("record R(IoAsidSet Vm) { public bool Has(RawIoAsid id) => Vm.{|IOASID2001:TryHold|}(id, out _); }")]
    [InlineData("partial class C { partial void M(IoAsidHandle<SvaBinding> h); } partial class C { partial void M(IoAsidHandle<SvaBinding> h) { h.{|IOASID2001:Bind|}(); } }")]
    [InlineData("interface I { void M(IoAsidHandle<SvaBinding> h) => h.{|IOASID2001:Bind|}(); }")]
    [InlineData("static class E { public static void M(this IoAsidHandle<SvaBinding> h) => h.{|IOASID2001:Bind|}(); }")]
    [InlineData("static class E { extension(IoAsidSet set) { public bool Has(RawIoAsid id) => set.{|IOASID2001:TryHold|}(id, out _); } }")]
    [InlineData("static class E { public static IoAsidHold<SvaBinding> Take(this IoAsidSet<SvaBinding> s, RawIoAsid id) => s.Hold(id); static void M(IoAsidSet<SvaBinding> s) { var h = s.{|IOASID2001:Take|}(default); } }")]
    [InlineData("delegate IoAsidHold<SvaBinding> Taker(RawIoAsid id); class C { void M(Taker take) { var hold = {|IOASID2001:take|}(default); } }")]
    [InlineData("interface IPins { IoAsidHold<SvaBinding> Pin(RawIoAsid id); } class C { void M(IPins pins) => Console.WriteLine(pins.{|IOASID2001:Pin|}(default).IsHeld); }")]
    [InlineData("class C { void M([TakesOwnership] IoAsidReference {|IOASID2001:mine|}, bool flag) { if (flag) mine.Dispose(); } }")]
    [InlineData("class C { IoAsidReference? kept; void M([TakesOwnership] IoAsidReference mine) => kept = mine; }")]
    [InlineData("class C([TakesOwnership] IoAsidReference mine) { void M() => mine.Dispose(); }")]
    [InlineData("interface I { void M([TakesOwnership] IoAsidBinding b); } class C : I { public void M(IoAsidBinding {|IOASID2001:b|}) => Console.WriteLine(b.Id); }")]
    [InlineData("#nullable disable\nclass C { void M(IoAsidSet vm, RawIoAsid id) { IoAsidReference mine; if (!vm.{|IOASID2001:TryHold|}(id, out mine)) return; Console.WriteLine(mine.Id); } }")]
    [InlineData("#nullable disable\nclass C { void M(IoAsidSet vm, RawIoAsid id) { IoAsidReference mine; if (!vm.TryHold(id, out mine)) return; mine.Dispose(); } }")]
    public Task Members(string code) => LifetimeCode.Verify(code);

    [Fact]
    public Task Aliases_and_top_level_statements() => new RuleTest<LifetimeAnalyzer>("""
        using Pin = IoAsid.Typed.IoAsidHold<Driver.SvaBinding>;

        var sva = new IoAsidSpace().CreateSet<SvaBinding>("sva");
        Pin pin = sva.{|IOASID2001:Hold|}(new RawIoAsid(1));
        using Pin held = sva.Hold(new RawIoAsid(1));
        """)
    {
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Generated_code_is_left_alone() => new RuleTest<LifetimeAnalyzer>("""
        // <auto-generated/>
        class C { void M(IoAsidHandle<SvaBinding> h) => h.Bind(); }
        """).RunAsync(TestContext.Current.CancellationToken);
}
