using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LayoutIds = IoAsid.Typed.Layouts.Generator.LayoutDiagnosticIds;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>Places comments and directives at every token of every declaration that a fix of bit layouts changes.</summary>
public sealed class LosslessLayoutFixTests
{
    // A fix compiles the file again, so that short files are quicker.
    private const int VariantsPerFile = 6;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>The rule, and a type with the name <c>M</c>.</summary>
    private static readonly ImmutableArray<(string Rule, string Type)> Declarations =
    [
        (LayoutIds.NotPartial, "[BitLayout(\"M\", 64)] public readonly partial record struct M { [Bits(\"A\", 0)] public bool A { get; init; } }"),
        (LayoutIds.NotPartial, "[BitLayout(\"M\", 64)] public readonly partial record struct M { [Bits(\"A\", 0)] internal byte A { get; private set; } }"),
        (LayoutIds.NotPartial, "[BitLayout(\"M\", 64)] public partial record struct M { [Bits(\"A\", 0)] bool A { get; } }"),
        (LayoutIds.NotPartial, "[BitLayout(\"M\", 64)] public readonly record struct M;"),
        (LayoutIds.NotPartial, "[BitLayout(\"M\", 64)] record struct M { }"),
        (LayoutIds.NotPartial, "public class M { class Inner { [BitLayout(\"Entry\", 64)] internal record struct Entry; } }"),
        (LayoutIds.NarrowType, "[BitLayout(\"M\", 64)] public readonly partial record struct M { [Bits(\"A\", 0, 8)] public partial byte A { get; init; } }"),
        (LayoutIds.NarrowType, "[BitLayout(\"M\", 64)] public readonly partial record struct M { [Bits(\"A\", 0, 8)] public partial System.Byte A { get; init; } }"),
    ];

    public static TheoryData<int> Numbers { get; } = [.. Enumerable.Range(0, Declarations.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public Task Delimited_comments_are_kept_at_every_token(int number) => AssertKeptAsync(number, token => $"/* here {token} */ ", mayRefuse: false);

    [Theory]
    [MemberData(nameof(Numbers))]
    public Task Line_comments_are_kept_at_every_token(int number) => AssertKeptAsync(number, token => $"// here {token}\n", mayRefuse: false);

    [Theory]
    [MemberData(nameof(Numbers))]
    public Task Directives_are_kept_at_every_token(int number) => AssertKeptAsync(number, Directive, mayRefuse: true);

    private static string Directive(int token) => (token % 3) switch
    {
        0 => $"\n#if NEVER\n here{token}();\n#endif\n",
        1 => $"\n#region here {token}\n#endregion\n",
        _ => $"\n#pragma warning disable CS0168 // here {token}\n",
    };

    private static async Task AssertKeptAsync(int number, Func<int, string> inserted, bool mayRefuse)
    {
        (string rule, string type) = Declarations[number];
        SyntaxToken[] tokens = [.. SyntaxFactory.ParseMemberDeclaration(type)!.DescendantTokens()];
        string[] variants = [type, .. tokens.Select((token, place) => type.Insert(token.SpanStart, inserted(place)))];
        string[] spaces = [.. variants.Select((variant, place) => $"namespace Variant{place} {{\n{variant}\n}}\n")];

        using AdhocWorkspace workspace = new();
        Project project = FixedProject.Open(workspace, spaces.Chunk(VariantsPerFile).Index().ToDictionary(
            file => $"Layouts{file.Index}.cs", file => $"using IoAsid.Typed.Layouts;\n{string.Concat(file.Item)}", StringComparer.Ordinal));
        ImmutableArray<Diagnostic> found = [.. (await AllRules.RunAsync(new LayoutAnalyzer(), (await project.GetCompilationAsync(Cancellation))!, Cancellation)).Where(diagnostic => diagnostic.Id == rule)];
        Assert.Equal(variants.Length, found.Length);
        CodeFixProvider fix = AllRules.Fixes.Single(provider => provider.FixableDiagnosticIds.Contains(rule));

        Project repaired = await FixedProject.FixAllAsync(fix, project, found, Cancellation);
        SyntaxNode[] before = [.. project.Documents.Select(RootOf)];
        SyntaxNode[] after = [.. repaired.Documents.Select(document => CSharpSyntaxTree.ParseText(RootOf(document).ToFullString(), TestProject.Parse, cancellationToken: Cancellation).GetRoot(Cancellation))];

        ImmutableArray<string> codes = [.. after.SelectMany(Codes)];
        Assert.NotEqual(Codes(before[0]).First(), codes[0]);
        for (int place = 0; place < tokens.Length; place++)
            Assert.True(codes[place + 1] == codes[0] || mayRefuse, $"{inserted(place)} at '{tokens[place]}':\n{codes[place + 1]}");

        Assert.All(before.Zip(after), pair => KeptText.AssertKept(pair.First, pair.Second));
    }

    private static SyntaxNode RootOf(Document document) => document.GetSyntaxRootAsync(Cancellation).GetAwaiter().GetResult()!;

    /// <summary>Returns the tokens of each variant.</summary>
    private static IEnumerable<string> Codes(SyntaxNode root) =>
        root.DescendantNodes().OfType<NamespaceDeclarationSyntax>()
            .Select(space => string.Join(' ', space.Members.Single().DescendantTokens().Select(token => token.Text)));
}
