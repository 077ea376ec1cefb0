using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>Nested and recursive code that no person writes. No rule crashes or loops, and no rule reports a place twice.</summary>
public sealed class AdversarialCodeTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("if (sva.Contains(id)) {", "sva.TryFind(id, out _);", "}", 150)]
    [InlineData("if (!sva.Contains(id)) return; else {", "sva.TryFind(id, out _);", "}", 150)]
    [InlineData("while (sva.Find(id).IsFound) {", "break;", "}", 100)]
    [InlineData("try {", "sva.Find(id).Data?.Serve();", "} finally { sva.Find(id).Data?.Serve(); }", 60)]
    [InlineData("try {", "throw new Exception();", "} catch (Exception e) when (sva.Contains(id)) { sva.TryFind(id, out _); }", 60)]
    [InlineData("using (sva.TryHold(id, out IoAsidReference<SvaBinding>? held) ? held : null) {", "sva.Find(id).Data?.Serve();", "}", 1)]
    [InlineData("foreach (var each in sva.Ids) if (sva.Contains(each)) foreach (var other in sva.Ids) {", "sva.TryFind(id, out _);", "}", 1)]
    [InlineData("Task.Run(() => {", "sva.Allocate();", "});", 5)] // Deeper, the compiler itself takes exponential time.
    [InlineData("sva.Observe(_ => {", "sva.Allocate();", "});", 40)]
    [InlineData("{ void Local() {", "sva.Allocate();", "} Local(); }", 40)]
    [InlineData("switch (sva.Find(id).Data) { case GuestSvaBinding: ", "break;", "break; }", 60)]
    [InlineData("lock (sva) {", "sva.Allocate();", "}", 150)]
    public async Task Nested_statements(string open, string inside, string close, int depth) =>
        await AssertSoundAsync(InMethod(Repeat(open, depth) + inside + Repeat(close, depth)));

    [Theory]
    [InlineData("sva.Find(", "id", ").IsFound ? id : id", 1)]
    [InlineData("(sva.Contains(id) && ", "true", ")", 200)]
    [InlineData("!(sva.Contains(id) || ", "false", ")", 200)]
    [InlineData("(sva.Contains(id) ? ", "0", " : 1)", 150)]
    [InlineData("(sva.Find(id).Data ?? ", "null", ")", 200)]
    [InlineData("sva.Find(id, _ => ", "true", ").IsFound", 60)]
    [InlineData("((SvaBinding?)", "sva.Find(id).Data", ")", 200)]
    [InlineData("(sva.Find(id).Data switch { null => ", "0", ", _ => 1 })", 60)]
    [InlineData("((Func<object?>)(() => ", "sva.Find(id).Data", "))", 40)]
    [InlineData("UntypedLookup.Find(space, null, id, _ => ", "true", ") is SvaBinding", 40)]
    [InlineData("new object?[] { sva.Find(id).Data, ", "null", " }", 60)]
    public async Task Nested_expressions(string open, string inside, string close, int depth) =>
        await AssertSoundAsync(InMethod($"object? all = {Repeat(open, depth)}{inside}{Repeat(close, depth)};"));

    [Fact]
    public async Task Recursion_in_methods_types_and_constraints() => await AssertSoundAsync("""
        class Node<T>(IoAsidSet<SvaBinding> sva) : Base<Node<Node<T>>> where T : class
        {
            Node<Node<T>>? next;
            SvaBinding? data;

            SvaBinding? Even(RawIoAsid id, int n) => n == 0 ? sva.Find(id).Data : Odd(id, n - 1);

            SvaBinding? Odd(RawIoAsid id, int n)
            {
                return Local(n);
                SvaBinding? Local(int m) => m == 0 ? Even(id, n - 1) : Other(m - 1);
                SvaBinding? Other(int m) { data = sva.Find(id).Data; return Local(m); }
            }

            async Task Forever(RawIoAsid id)
            {
                var found = sva.Find(id).Data;
                Func<Task> self = null!;
                self = async () => { await self(); found?.Serve(); self = async () => await Forever(id); };
                while (true) { await self(); found?.Serve(); found = found; }
            }

            object? Others => (next, data);
        }

        class Base<T>;

        class Loop : Loop { IoAsidSet<Loop>? set; }

        class Circular<T, U> where T : U where U : T { IoAsidSet<T>? set; void M(IoAsidSet<U> other) => other.Allocate(); }

        interface IFirst : ISecond; interface ISecond : IFirst { object? Find(RawIoAsid id); }

        struct Inside { Inside inside; IoAsidHandle<SvaBinding> handle; }
        """);

    [Fact]
    public async Task Jumps_that_no_structure_explains() => await AssertSoundAsync(InMethod("""
        start:
            if (n > 3) goto middle;
            var data = sva.Find(id).Data;
            try
            {
            middle:
                await Task.Yield();
                if (n-- > 0) goto start; else goto end;
            }
            finally
            {
                data?.Serve();
                goto end;
            }
        end:
            data?.Serve();
            switch (n) { case 1: goto case 2; case 2: goto default; default: if (sva.Contains(id)) goto case 1; break; }
        """));

    /// <summary>The words of each file in reverse order and in alphabetical order.</summary>
    [Fact]
    public async Task Nonsense()
    {
        foreach ((string _, string text) in SourceFolder.Corpus.Files)
        {
            string[] words = text.Split(' ', '\n');
            await AssertSoundAsync(string.Join(' ', words.Reverse()));
            await AssertSoundAsync(string.Join(' ', words.Order(StringComparer.Ordinal)));
        }
    }

    /// <summary>A method with two thousand reports.</summary>
    [Fact]
    public async Task A_huge_method()
    {
        ImmutableArray<Diagnostic> found = await AssertSoundAsync(InMethod(Repeat("sva.Allocate(); if (sva.Contains(id)) sva.TryFind(id, out _);", 2000)));

        Assert.Equal(2000, found.Count(diagnostic => diagnostic.Id is DiagnosticIds.DroppedHandle));
        Assert.Equal(2000, found.Count(diagnostic => diagnostic.Id is DiagnosticIds.CheckThenAct));
    }

    private static string InMethod(string statements) => $$"""
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            async Task M(RawIoAsid id, int n)
            {
                {{statements}}
                await Task.CompletedTask;
            }

            object Others => space;
        }
        """;

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static async Task<ImmutableArray<Diagnostic>> AssertSoundAsync(string code)
    {
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(
            AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]), Cancellation);

        Assert.DoesNotContain(found, diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal));
        Assert.Equal(found.Length, found.Select(diagnostic => (diagnostic.Id, diagnostic.Location)).Distinct().Count());
        return found;
    }
}
