using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Usage;

/// <summary>IOASID2007: a check guards another call with the same set and id.</summary>
public sealed class CheckThenActAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    // Each check.
    [InlineData("if (sva.{|IOASID2007:Contains|}(id)) sva.TryGetHandle(id, out _);")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).IsFound) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).Status == IoAsidLookupStatus.Found) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).Status is IoAsidLookupStatus.Found) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).Data is not null) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).Data is { Users: 1 }) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).Data is GuestSvaBinding guest) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id).Data != null) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id) is { IsFound: true }) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id) is { Data: { } data }) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:TryFind|}(id, out var data)) { using var hold = sva.Hold(id); }")]
    [InlineData("if (sva.{|IOASID2007:Find|}(id, data => data.TryGet()).IsFound) { using var hold = sva.Hold(id); }")]
    // Each act.
    [InlineData("if (sva.{|IOASID2007:Contains|}(id)) sva.Find(id).Data?.Serve();")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(id)) sva.TryFind(id, out _);")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(id)) sva.TryHold(id, out IoAsidReference? reference);")]
    // Each guard.
    [InlineData("if (!sva.{|IOASID2007:Contains|}(id)) return; sva.TryFind(id, out _);")]
    [InlineData("if (!sva.{|IOASID2007:Contains|}(id)) { throw new Exception(); } sva.TryFind(id, out _);")]
    [InlineData("if (!sva.{|IOASID2007:Contains|}(id)) { } else sva.TryFind(id, out _);")]
    [InlineData("if (!(sva.{|IOASID2007:Contains|}(id))) { if (n > 0) return; else throw new Exception(); } sva.TryFind(id, out _);")]
    [InlineData("_ = sva.{|IOASID2007:Contains|}(id) && sva.TryFind(id, out _);")]
    [InlineData("_ = !sva.{|IOASID2007:Contains|}(id) || sva.TryFind(id, out _);")]
    [InlineData("_ = sva.{|IOASID2007:Contains|}(id) ? sva.Find(id).Data : null;")]
    [InlineData("if (n > 0 && sva.{|IOASID2007:Contains|}(id) && n < 9) sva.TryFind(id, out _);")]
    [InlineData("if (n > 0 || !sva.{|IOASID2007:Contains|}(id)) return; sva.TryFind(id, out _);")]
    [InlineData("while (sva.{|IOASID2007:Contains|}(id)) { sva.TryFind(id, out _); }")]
    [InlineData("foreach (var other in new[] { id }) { if (!sva.{|IOASID2007:Contains|}(other)) continue; sva.TryFind(other, out _); }")]
    [InlineData("bool known = sva.{|IOASID2007:Contains|}(id); if (known) sva.TryFind(id, out _);")]
    [InlineData("var lookup = sva.{|IOASID2007:Find|}(id); if (!lookup.IsFound) return; using var hold = sva.Hold(id);")]
    [InlineData("IoAsidLookup<SvaBinding> lookup = sva.{|IOASID2007:Find|}(id); if (lookup.Status != IoAsidLookupStatus.Found) return; using var hold = sva.Hold(id);")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(id)) Task.Run(() => sva.TryFind(id, out _));")]
    // The same set and the same id, written in another way.
    [InlineData("if (sva.Reader.{|IOASID2007:Contains|}(id)) sva.TryFind(id, out _);")]
    [InlineData("if (((IoAsidSet)sva).{|IOASID2007:Contains|}(id)) sva.TryFind(id, out _);")]
    [InlineData("if (this.field.{|IOASID2007:Contains|}(request.Pasid)) field.TryFind(request.Pasid, out _);")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(new RawIoAsid(7))) sva.TryFind(new RawIoAsid(7), out _);")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(new((uint)n))) sva.TryFind(new RawIoAsid((uint)n), out _);")]
    // Another set, another id, or an expression that may change.
    [InlineData("if (sva.Contains(id)) field.TryFind(id, out _);")]
    [InlineData("if (sva.Contains(id)) sva.TryFind(request.Pasid, out _);")]
    [InlineData("if (sva.Contains(id)) { id = Next(); sva.TryFind(id, out _); }")]
    [InlineData("if (sva.Contains(Next())) sva.TryFind(Next(), out _);")]
    [InlineData("if (sva.Contains(new RawIoAsid(7))) sva.TryFind(new RawIoAsid(8), out _);")]
    // No guard.
    [InlineData("if (sva.Contains(id)) Console.WriteLine(id);")]
    [InlineData("if (!sva.Contains(id)) sva.TryFind(id, out _);")]
    [InlineData("if (!sva.Contains(id)) Console.WriteLine(id); sva.TryFind(id, out _);")]
    [InlineData("if (sva.Contains(id)) Console.WriteLine(id); else sva.TryFind(id, out _);")]
    [InlineData("_ = sva.Contains(id) || sva.TryFind(id, out _);")]
    [InlineData("if (!sva.TryFind(id, out var data)) { Add(); sva.TryFind(id, out data); }")]
    [InlineData("bool known = sva.Contains(id); known = n > 0; if (known) sva.TryFind(id, out _);")]
    [InlineData("System.Diagnostics.Debug.Assert(sva.Contains(id)); sva.TryFind(id, out _);")]
    [InlineData("if (n > 0) System.Diagnostics.Debug.Assert(sva.Contains(id));")]
    [InlineData("if (sva.Contains(id)) System.Diagnostics.Debug.Assert(sva.Contains(id));")]
    [InlineData("if (sva.Find(id).IsFound || n > 0) sva.TryFind(id, out _);")]
    [InlineData("if (sva.Find(id).Status == IoAsidLookupStatus.FreePending) sva.TryFind(id, out _);")]
    [InlineData("if (sva.TryHold(id, out IoAsidReference? mine)) using (mine) sva.TryFind(id, out _);")]
    [InlineData("using var hold = sva.Hold(id); if (hold.IsHeld) sva.TryFind(id, out _);")]
    [InlineData("if (new System.Collections.Generic.List<RawIoAsid>().Contains(id)) sva.TryFind(id, out _);")]
    [InlineData("if (((dynamic)sva).Contains(id)) sva.TryFind(id, out _);")]
    [InlineData("Func<RawIoAsid, bool> check = sva.Contains; if (check(id)) sva.TryFind(id, out _);")]
    public Task Statement(string statements) => Verify($$"""
        record Request(RawIoAsid Pasid);

        class Handler(IoAsidReader<SvaBinding> field)
        {
            readonly IoAsidReader<SvaBinding> field = field;

            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, Request request, int n)
            {
                {{statements}}
            }

            static RawIoAsid Next() => default;

            static void Add() { }

            object Other => field;
        }
        """);

    /// <summary>All checks of a body share one budget. A check without a later act spends nothing.</summary>
    [Fact]
    public Task Long_bodies() => Verify($$"""
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, IoAsidSet<SvaBinding> other, RawIoAsid id)
            {
                {{string.Concat(Enumerable.Range(0, 200).Select(i => $"if (!other.Contains(new RawIoAsid({i}))) return;\n"))}}
                {{string.Concat(Enumerable.Range(0, 200).Select(i => $"RawIoAsid id{i} = new({i}); if (sva.{{|IOASID2007:Contains|}}(id{i})) sva.TryFind(id{i}, out _);\n"))}}
                if (sva.{|IOASID2007:Contains|}(id)) sva.TryFind(id, out _);
            }
        }
        """);

    [Fact]
    public Task Members_of_every_kind() => Verify("""
        class Handler<T, TSet>(TSet set, IoAsidReader<T> reader) where T : class where TSet : IoAsidSet
        {
            bool Expression(RawIoAsid id) => set.{|IOASID2007:Contains|}(id) && set.TryHold(id, out _);

            T? Property => reader.{|IOASID2007:Contains|}(Request.Last.Pasid) ? reader.Find(Request.Last.Pasid).Data : null;

            async Task Async(RawIoAsid id)
            {
                if (!reader.{|IOASID2007:Contains|}(id)) return;
                await Task.Yield();
                if (!reader.TryHold(id, out var reference)) return;
                reference.Dispose();
            }

            System.Collections.Generic.IEnumerable<T> Iterator(System.Collections.Generic.IEnumerable<RawIoAsid> ids)
            {
                foreach (RawIoAsid id in ids)
                {
                    if (reader.{|IOASID2007:Contains|}(id))
                        yield return reader.Find(id).Data!;
                }
            }

            Func<RawIoAsid, bool> Lambda() => id => set.{|IOASID2007:Contains|}(id) && set.TryHold(id, out _);

            void Nested(RawIoAsid id)
            {
                Local();
                void Local() { if (set.{|IOASID2007:Contains|}(id)) set.TryHold(id, out _); }
            }

            void Switch(RawIoAsid id)
            {
                switch (id.Value)
                {
                    case 1 when reader.{|IOASID2007:Contains|}(id) && reader.TryFind(id, out _):
                        break;
                }
            }
        }

        struct Request { public static Request Last; public RawIoAsid Pasid { get; set; } }

        #nullable disable
        class Oblivious(IoAsidSet<SvaBinding> sva)
        {
            SvaBinding M(RawIoAsid id) => sva.{|IOASID2007:Contains|}(id) ? sva.Find(id).Data : null;
        }
        """);

    [Fact]
    public Task Top_level_statements() => new RuleTest<CheckThenActAnalyzer>("""
        using IoAsid.Typed;

        IoAsidSet<Driver.SvaBinding> sva = new IoAsidSpace().CreateSet<Driver.SvaBinding>("sva");
        RawIoAsid id = new(7);
        if (sva.{|IOASID2007:Contains|}(id))
            System.Console.WriteLine(sva.Find(id));
        """)
    {
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync(Cancellation);

    private static Task Verify(string code) => new RuleTest<CheckThenActAnalyzer>(code).RunAsync(Cancellation);
}
