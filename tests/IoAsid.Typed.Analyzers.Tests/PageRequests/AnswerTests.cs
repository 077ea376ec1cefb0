using IoAsid.Typed.Analyzers.Tests.Verification;

namespace IoAsid.Typed.Analyzers.Tests.PageRequests;

/// <summary>IOASID4001: a value that needs exactly one answer has no answer or two answers on some path.</summary>
public sealed class AnswerTests
{
    /// <summary>The body of a driver's handler, in a method that returns nothing.</summary>
    [Theory]
    // No answer on some path.
    [InlineData("if (flag) return; group.Respond(0);", true)]
    [InlineData("if (flag) group.Respond(0);", true)]
    [InlineData("switch (n) { case 0: group.Respond(0); break; case 1: group.Respond(1); break; }", true)]
    [InlineData("try { Next(); group.Respond(0); } catch (Exception) { }", true)]
    [InlineData("try { Next(); group.Respond(0); } catch (InvalidOperationException) when (flag) { Next(); }", true)]
    [InlineData("if (group.HasPasid) group.Respond(0);", true)]
    [InlineData("while (flag) { group.Respond(0); return; }", true)]
    [InlineData("if (flag) Unit.Answer(group);", true)]
    [InlineData("if (flag) group.Answer();", true)]
    [InlineData("if (flag) group.Response = 1;", true)]
    [InlineData("ArgumentNullException.ThrowIfNull(group); if (flag) group.Respond(0);", true)]
    // One answer on every path.
    [InlineData("group.Respond(0);")]
    [InlineData("if (flag) { group.Respond(1); return; } group.Respond(0);")]
    [InlineData("group.Respond(flag ? 1 : 0);")]
    [InlineData("switch (n) { case 0: group.Respond(0); break; default: group.Respond(1); break; }")]
    [InlineData("int code = 0; try { code = Next(); } catch (Exception) { code = 1; } group.Respond(code);")]
    [InlineData("try { Next(); group.Respond(0); } catch (Exception) { group.Respond(1); }")]
    [InlineData("try { Next(); } finally { group.Respond(0); }")]
    [InlineData("try { Next(); group.Respond(0); } finally { if (!group.IsAnswered) group.Respond(1); }")]
    [InlineData("if (flag) group.Respond(0); if (!flag) group.Respond(1);")]
    [InlineData("if (flag) group.Respond(0); if (!group.IsAnswered) group.Respond(1);")]
    [InlineData("if (flag) throw new InvalidOperationException(); group.Respond(0);")]
    [InlineData("var same = group; same.Respond(0);")]
    [InlineData("group.Response = 1;")]
    [InlineData("Unit.Answer(group);")]
    [InlineData("group.Answer();")]
    [InlineData("try { group.Respond(0); } catch (Exception) { group.Respond(1); }")]
    // The duty may have been passed on.
    [InlineData("if (flag) { kept = group; return; } group.Respond(0);")]
    [InlineData("if (flag) { Unknown(group); return; } group.Respond(0);")]
    [InlineData("if (flag) { queue.Enqueue(group); return; } group.Respond(0);")]
    [InlineData("Action late = () => group.Respond(0); if (flag) late();")]
    [InlineData("if (flag) { Task.Run(() => group.Respond(0)); return; } group.Respond(1);")]
    [InlineData("Unknown(group);")]
    [InlineData("Console.WriteLine(group.HasPasid);")]
    public Task Parameter(string statements, bool isForgotten = false) =>
        VerifyMethod("void", isForgotten ? "{|IOASID4001:group|}" : "group", statements);

    [Theory]
    [InlineData("group.Respond(0); group.{|IOASID4001:Respond|}(1);")]
    [InlineData("group.Respond(0); if (flag) group.{|IOASID4001:Respond|}(1);")]
    [InlineData("if (flag) group.Respond(0); group.{|IOASID4001:Respond|}(1);")]
    [InlineData("group.Respond(0); Unit.Answer({|IOASID4001:group|});")]
    [InlineData("group.Respond(0); {|IOASID4001:group.Response = 1|};")]
    [InlineData("var same = group; same.Respond(0); group.{|IOASID4001:Respond|}(1);")]
    [InlineData("do { group.{|IOASID4001:Respond|}(0); } while (flag);")]
    [InlineData("try { group.Respond(0); } finally { group.{|IOASID4001:Respond|}(1); }")]
    [InlineData("group.Respond(0); Unknown(group); group.{|IOASID4001:Respond|}(1);")]
    public Task Twice(string statements) => VerifyMethod("void", "group", statements);

    [Theory]
    // Created in the method.
    [InlineData("PageRequestGroup {|IOASID4001:next|} = new(); if (flag) next.Respond(0);")]
    [InlineData("var {|IOASID4001:next|} = new PageRequestGroup { HasPasid = flag }; if (next.HasPasid) next.Respond(0);")]
    [InlineData("var {|IOASID4001:next|} = PageRequestGroup.Create(); if (flag) next.Respond(0);")]
    [InlineData("if (PageRequestGroup.TryCreate(out var {|IOASID4001:next|}) && next.HasPasid) next.Respond(0);")]
    // Other code may have the duty: for an item in a collection or taken out of it, and for the result of any other call.
    [InlineData("foreach (var next in queue) if (next.HasPasid) next.Respond(0);")]
    [InlineData("foreach (var next in queue) { if (!next.HasPasid) continue; next.Respond(0); }")]
    [InlineData("while (queue.TryPeek(out var next) && next.HasPasid) next.Respond(0);")]
    [InlineData("if (queue.TryPeek(out var next) && flag) next.Respond(0);")]
    [InlineData("if (byIndex.TryGetValue(n, out PageRequestGroup? partial) && flag) partial.Respond(0);")]
    [InlineData("var next = queue.Dequeue(); if (flag) return; next.Respond(0);")]
    [InlineData("while (queue.TryDequeue(out var next)) { if (!next.HasPasid) continue; next.Respond(0); }")]
    [InlineData("var next = queue.First(); if (flag) next.Respond(0);")]
    [InlineData("var next = PageRequestGroup.Find(n); if (flag) next.Respond(0);")]
    [InlineData("var next = await Task.FromResult(kept); if (flag) next!.Respond(0);", "async Task")]
    // Two answers are reported regardless of the duty.
    [InlineData("foreach (var next in queue) { next.Respond(0); next.{|IOASID4001:Respond|}(0); }")]
    [InlineData("if (queue.TryPeek(out var next)) { next.Respond(0); next.{|IOASID4001:Respond|}(1); }")]
    [InlineData("var next = queue.Dequeue(); if (flag) next.Respond(0); next.{|IOASID4001:Respond|}(1);")]
    // Created by a factory that is awaited.
    [InlineData("var {|IOASID4001:next|} = await PageRequestGroup.CreateAsync(); if (flag) next.Respond(0);", "async Task")]
    [InlineData("var {|IOASID4001:next|} = await PageRequestGroup.CreateAsync().ConfigureAwait(false); if (flag) next.Respond(0);", "async Task")]
    // Answered once, or without a duty.
    [InlineData("while (queue.TryDequeue(out var next)) { if (!next.HasPasid) { next.Respond(1); continue; } next.Respond(0); }")]
    [InlineData("if (queue.TryDequeue(out var next)) next.Respond(0);")]
    [InlineData("queue.TryDequeue(out var next); next?.Respond(0);")]
    [InlineData("PageRequestGroup? next = null; if (flag) next = queue.Dequeue(); Next(); if (flag) next!.Respond(0);")]
    [InlineData("foreach (var next in queue) next.Respond(0);")]
    [InlineData("var next = queue.Peek(); Console.WriteLine(next.HasPasid);")]
    [InlineData("var next = kept; if (flag) next?.Respond(0);")]
    public Task Local(string statements, string returns = "void") => VerifyMethod(returns, "unused", statements);

    /// <summary>A parameter without the mark, in functions of every kind.</summary>
    [Theory]
    [InlineData("async Task", "{|IOASID4001:group|}", "await Task.Yield(); if (flag) return; group.Respond(0);")]
    [InlineData("async ValueTask", "group", "await Task.Yield(); group.Respond(0);")]
    [InlineData("bool", "group", "if (flag) return false; group.Respond(0); return true;")]
    [InlineData("bool", "[Answers] PageRequestGroup {|IOASID4001:mine|}, PageRequestGroup group", "if (flag) return false; mine.Respond(0); return true;")]
    [InlineData("void", "[Answers] PageRequestGroup {|IOASID4001:mine|}, PageRequestGroup group", "")]
    [InlineData("void", "[Answers] PageRequestGroup mine, PageRequestGroup group", "throw new NotSupportedException();")]
    [InlineData("PageRequestGroup", "group", "if (flag) return group; group.Respond(0); return group;")]
    [InlineData("System.Collections.Generic.IEnumerable<int>", "group", "yield return 1; group.Respond(0); group.{|IOASID4001:Respond|}(1);")]
    public Task Function(string returns, string parameter, string statements) => VerifyMethod(returns, parameter, statements);

    /// <summary>The types of a user's driver need only the attributes.</summary>
    [Theory]
    [InlineData("[AnsweredOnce] interface IGroup { [Answers] void End(); } class C { void M(IGroup {|IOASID4001:g|}, bool b) { if (b) g.End(); } }")]
    [InlineData("[AnsweredOnce] interface IGroup { [Answers] void End(); } class G : IGroup { public void End() { } } class C { void M(G {|IOASID4001:g|}, bool b) { if (b) g.End(); } }")]
    [InlineData("[AnsweredOnce] struct G { [Answers] public void End() { } } class C { void M(G {|IOASID4001:g|}, bool b) { if (b) g.End(); } }")]
    [InlineData("[AnsweredOnce(AnsweredProperty = \"Done\")] class G { public bool Done => true; [Answers] public void End() { } } class C { void M(G g, bool b) { if (b) g.End(); if (!g.Done) g.End(); } }")]
    [InlineData("[AnsweredOnce] class G { [Answers] public virtual void End() { } } class H : G { public override void End() { } } class C { void M(H h) { h.End(); h.{|IOASID4001:End|}(); } }")]
    [InlineData("[AnsweredOnce] class G { [Answers] public void End() { } } class C<T> where T : G { void M(T {|IOASID4001:g|}, bool b) { if (b) g.End(); } }")]
    [InlineData("[AnsweredOnce] class G { } interface I { void Serve([Answers] G g); } class C : I { public void Serve(G {|IOASID4001:g|}) { } }")]
    [InlineData("[AnsweredOnce] class G { [Answers] public void End() { } } class C { Action<G, bool> a = (g, b) => { g.End(); if (b) g.{|IOASID4001:End|}(); }; }")]
    [InlineData("class G { public void End() { } } class C { void M(G g, bool b) { if (b) g.End(); g.End(); } }")]
    public Task Own_types(string code) => Verify(code);

    [Theory]
    [InlineData("void M(G request, bool b) { if (b) request.End(); }", "'request' (G) is not answered on some path out of 'M'; answer it exactly once on every path")]
    [InlineData("void M(G request) { request.End(); request.End(); }", "'request' (G) is answered a second time here, on some path; answer it exactly once on every path")]
    public async Task Says(string member, string message) => Assert.Equal(message, await Messages.OnlyAsync<AnswerAnalyzer>(
        $"[AnsweredOnce] class G {{ [Answers] public void End() {{ }} }} class Handler {{ {member} }}", TestContext.Current.CancellationToken));

    private static Task VerifyMethod(string returns, string parameter, string statements) => Verify($$"""
        using System.Collections.Generic;
        using System.Linq;

        class Handler
        {
            PageRequestGroup? kept;
            readonly Queue<PageRequestGroup> queue = new();
            readonly Dictionary<int, PageRequestGroup> byIndex = [];

            {{returns}} M({{(parameter.StartsWith('[') ? "" : "PageRequestGroup ")}}{{parameter}}, bool flag, int n)
            {
                {{statements}}
            }

            static void Unknown(object? value) { }
            static int Next() => 0;
        }

        [AnsweredOnce]
        class PageRequestGroup
        {
            public bool HasPasid { get; init; }
            public bool IsAnswered { get; private set; }
            [Answers] public int Response { set => IsAnswered = true; }
            [Answers] public void Respond(int code) => IsAnswered = true;

            public static PageRequestGroup Create() => new();
            public static Task<PageRequestGroup> CreateAsync() => Task.FromResult(new PageRequestGroup());
            public static PageRequestGroup Find(int index) => throw new NotSupportedException($"{index}");
            public static bool TryCreate(out PageRequestGroup made)
            {
                made = new();
                return true;
            }
        }

        static class Unit
        {
            public static void Answer([Answers] PageRequestGroup group) => group.Respond(0);
        }

        static class Extensions
        {
            [Answers] public static void Answer(this PageRequestGroup group) => group.Respond(0);
        }
        """);

    private static Task Verify(string code) => new RuleTest<AnswerAnalyzer>(code).RunAsync(TestContext.Current.CancellationToken);
}
