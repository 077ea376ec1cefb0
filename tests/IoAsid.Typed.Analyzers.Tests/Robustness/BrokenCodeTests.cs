using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>Incomplete code, as in an editor, and broken references. No rule crashes, and no rule reports a place twice.</summary>
public sealed class BrokenCodeTests
{
    private const string Handler = """
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            [UntypedIoAsidLookup] object? this[IoAsidSet? set, uint id] => UntypedLookup.Find(space, set, new RawIoAsid(id), null);

            [UntypedIoAsidLookup] delegate object? Lookup(RawIoAsid id);

            SvaBinding? M(RawIoAsid id, dynamic late, Lookup lookup)
            {
                var local = UntypedLookup.Find(space, null, id, d => d is SvaBinding { Users: 1 } b && b.TryGet());
                if (local is GuestSvaBinding or NativeSvaBinding && lookup(id) is not SvaBinding other) return null;
                Func<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?> group = UntypedLookup.Find;
                object?[] all = [nameof(UntypedLookup.Find), UntypedLookup.Find(space, sva, late, null), this[sva, 7], this[late, 7], lookup?.Invoke(id)];
                return UntypedLookup.Find(space, null, id, null) switch { SvaBinding s => s, _ => (SvaBinding?)this[null, 1] };
            }
        }
        """;

    /// <summary>Code for the rules about data types, boundaries and callbacks.</summary>
    private const string Driver = """
        [HardwareBoundary] abstract class Closed { private protected Closed() { } } sealed class A : Closed; sealed class B : Closed;

        class Ring(IoAsidSpace space, IoAsidSet<Closed> closed, IoAsidSet any)
        {
            public object? Find(RawIoAsid id) => space.CreateSet<object>("all").Find(id).Data;

            [HardwareBoundary] RawIoAsid Read(uint n) => new(n);

            int M(RawIoAsid id, out IoAsidHandle<Closed> none)
            {
                none = default; IoAsidHandle<Closed> dead = default; dead.Free();
                if (!closed.TryAllocate(new A(), out var handle, out _)) handle.Free();
                closed.TryFind(id, out Closed? found); found!.ToString(); closed.Find(id);
                var answer = closed.Find(id); A a = (A)answer.Data!; if (answer.Data is { } d) a = (A)(object)d;
                if (any is IoAsidSet<Closed> { Name: "x" } named || any is not IoAsidSet<Closed> set) return (ushort)id.Value;
                _ = set.Observe(async e => await Task.Delay(1)); _ = set.Observe(Wait); set.Find(id, x => ((B)x).Equals(null));
                space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => { space.GetStatistics(); return min; }, n => Task.Delay(1).Wait()));
                switch (found) { case A: break; case null: default: throw new Exception(); }
                return answer.Data switch { A or not B => 1, B { } b when b is IDisposable => 2, _ => throw new Exception() };
            }

            void Wait(IoAsidEvent e) => Task.Delay(1).Wait();
        }
        """;

    private const string OtherSdk = """
        namespace IoAsid.Typed
        {
            public class IoAsidSet;
            public class IoAsidSet<T> : IoAsidSet;
            public class UntypedIoAsidLookupAttribute : System.Attribute;
        }
        """;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Removes each token in turn.</summary>
    [Fact]
    public async Task One_token_missing()
    {
        SyntaxToken[] tokens = [.. SyntaxFactory.ParseCompilationUnit(Handler, options: TestProject.Parse).DescendantTokens()];
        Assert.True(tokens.Length > 200);

        foreach (SyntaxToken token in tokens)
            await AssertSoundAsync([Handler.Remove(token.SpanStart, token.Span.Length), TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
    }

    /// <summary>Removes every ninth token of the driver in turn.</summary>
    [Fact]
    public async Task One_token_missing_in_a_driver()
    {
        SyntaxToken[] tokens = [.. SyntaxFactory.ParseCompilationUnit(Driver, options: TestProject.Parse).DescendantTokens()];
        foreach (SyntaxToken token in tokens.Where((_, position) => position % 9 == 0))
            await AssertSoundAsync([Driver.Remove(token.SpanStart, token.Span.Length), TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);

        Assert.NotEqual(0, await OfferedAsync(Driver));
    }

    /// <summary>Removes every tenth token in turn, and requests the fixes.</summary>
    [Fact]
    public async Task Fixes_for_code_with_a_token_missing()
    {
        int offered = 0;
        SyntaxToken[] tokens = [.. SyntaxFactory.ParseCompilationUnit(Handler, options: TestProject.Parse).DescendantTokens()];
        foreach (SyntaxToken token in tokens.Where((_, position) => position % 10 == 0))
            offered += await OfferedAsync(Handler.Remove(token.SpanStart, token.Span.Length));

        Assert.NotEqual(0, offered);
    }

    /// <summary>Ends the code after every seventh character in turn.</summary>
    [Fact]
    public async Task Half_typed()
    {
        for (int length = 0; length < Handler.Length; length += 7)
            await AssertSoundAsync([Handler[..length], TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
    }

    [Fact]
    public async Task References_missing()
    {
        MetadataReference[] all = [.. TestProject.Framework, .. TestProject.Sdk];
        await AssertSoundAsync([Handler], []);
        await AssertSoundAsync([Handler, TestProject.DriverTypes], TestProject.Framework);
        await AssertSoundAsync([Handler, TestProject.DriverTypes], TestProject.Sdk);
        await AssertSoundAsync([Handler, TestProject.DriverTypes], [.. all.SkipLast(1)]);
    }

    [Fact]
    public async Task Sdk_of_another_version() =>
        await AssertSoundAsync([Handler, TestProject.DriverTypes, OtherSdk], TestProject.Framework);

    /// <summary>Two definitions of the SDK's types do not switch the rules off.</summary>
    [Fact]
    public async Task Ambiguous_types()
    {
        ImmutableArray<Diagnostic> found = await AssertSoundAsync(
            [
                "class Handler { object? M() => IoAsid.Typed.Migration.UntypedLookup.Find(null!, null, default, null); }",
                OtherSdk,
            ],
            [.. TestProject.Framework, .. TestProject.Sdk]);

        Assert.Equal(DiagnosticIds.UntypedLookupWithoutSet, Assert.Single(found).Id);
    }

    [Fact]
    public async Task Deep_nesting()
    {
        string getter = string.Concat(Enumerable.Repeat("_ => UntypedLookup.Find(space, null, default, ", 25)) + "null" + string.Concat(Enumerable.Repeat(") is null", 25));
        string chain = string.Join(" ?? ", Enumerable.Repeat("UntypedLookup.Find(space, null, default, null)", 300));
        ImmutableArray<Diagnostic> found = await AssertSoundAsync(
            [$"class Handler {{ object? M(IoAsidSpace space) {{ Func<object?, bool> getter = {getter}; return {chain}; }} }}", TestProject.DriverTypes],
            [.. TestProject.Framework, .. TestProject.Sdk]);

        Assert.Equal(325, found.Count(diagnostic => diagnostic.Id is DiagnosticIds.UntypedLookupWithoutSet));
    }

    private static async Task<int> OfferedAsync(string source)
    {
        using AdhocWorkspace workspace = new();
        Project project = workspace.AddProject("UnderTest", LanguageNames.CSharp)
            .WithParseOptions(TestProject.Parse)
            .WithCompilationOptions(TestProject.Compile)
            .WithMetadataReferences([.. TestProject.Framework, .. TestProject.Sdk]);
        project = project.AddDocument("Types.cs", TestProject.DriverTypes).Project;
        Document document = project.AddDocument("Handler.cs", source);
        Compilation compilation = (await document.Project.GetCompilationAsync(Cancellation))!;
        int offered = 0;
        foreach (Diagnostic diagnostic in await AllRules.RunAsync(compilation, Cancellation))
        {
            foreach (CodeFixProvider fix in AllRules.Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id, StringComparer.Ordinal)))
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (_, _) => offered++, Cancellation));
        }

        return offered;
    }

    private static async Task<ImmutableArray<Diagnostic>> AssertSoundAsync(string[] sources, IEnumerable<MetadataReference> references)
    {
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(AllRules.Compile(sources, references), Cancellation);

        Assert.DoesNotContain(found, diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal));
        Assert.Equal(found.Length, found.Select(diagnostic => (diagnostic.Id, diagnostic.Location)).Distinct().Count());
        return found;
    }
}
