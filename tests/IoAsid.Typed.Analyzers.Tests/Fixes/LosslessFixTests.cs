using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>Places comments and directives at every token of every fixable shape. No fix loses a comment or a directive, and the code of each result equals the result without them.</summary>
public sealed class LosslessFixTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    // A fix compiles the file again, so that short files are quicker.
    private const int MembersPerFile = 6;

    public static TheoryData<int> Shapes { get; } = [.. Enumerable.Range(0, FixShapes.All.Length)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Delimited_comments_are_kept_at_every_token(int shape) => await AssertKeptAsync(FixShapes.All[shape], token => $"/* here {token} */ ", mayRefuse: false);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Line_comments_are_kept_at_every_token(int shape) => await AssertKeptAsync(FixShapes.All[shape], token => $"// here {token}\n", mayRefuse: false);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Directives_are_kept_at_every_token(int shape) => await AssertKeptAsync(FixShapes.All[shape], Directive, mayRefuse: true);

    /// <summary>Applies the editor's action to code with comments at all tokens.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Comments_at_all_tokens_are_kept_by_a_single_fix(int number)
    {
        FixShape shape = FixShapes.All[number];
        string member = Tokens(shape).Reverse().Aggregate(shape.Member, (text, token) => text.Insert(token.SpanStart, $"/* here {token.SpanStart} */ "));
        (Project project, ImmutableArray<Diagnostic> found) = await ReportAsync(shape, [member]);
        Document document = Shown(project).Single();
        CodeAction action = await FixedProject.OnlyActionAsync(shape.Fix, document, Assert.Single(found), Cancellation);
        SyntaxNode root = (await (await FixedProject.AfterAsync(action, Cancellation)).GetDocument(document.Id)!.GetSyntaxRootAsync(Cancellation))!;

        Assert.Equal(Tokens(shape).Count(), Reparsed(root).DescendantTrivia().Count(trivia => trivia.ToString().Contains("here", StringComparison.Ordinal)));
    }

    private static string Directive(int token) => (token % 3) switch
    {
        0 => $"\n#if NEVER\n here{token}();\n#endif\n",
        1 => $"\n#region here {token}\n#endregion\n",
        _ => $"\n#pragma warning disable CS0168 // here {token}\n",
    };

    private static async Task AssertKeptAsync(FixShape shape, Func<int, string> inserted, bool mayRefuse)
    {
        SyntaxToken[] tokens = [.. Tokens(shape)];
        string[] members = [Named(shape.Member, "Plain"), .. tokens.Select((token, number) => Named(shape.Member.Insert(token.SpanStart, inserted(number)), $"Variant{number}_"))];
        (Project project, ImmutableArray<Diagnostic> found) = await ReportAsync(shape, members);
        Assert.Equal(members.Length, found.Length);

        Project repaired = await FixedProject.FixAllAsync(shape.Fix, project, found, Cancellation);
        SyntaxNode[] roots = [.. Shown(project).Select(RootOf)];
        SyntaxNode[] fixedRoots = [.. Shown(repaired).Select(document => Reparsed(RootOf(document)))];
        ImmutableArray<string> before = [.. roots.SelectMany(Codes)];
        ImmutableArray<string> after = [.. fixedRoots.SelectMany(Codes)];
        Assert.NotEqual(before[0], after[0]);
        for (int number = 0; number < tokens.Length; number++)
            Assert.True(after[number + 1] == after[0] || (mayRefuse && !BeginsStatement(tokens[number])), $"{inserted(number)} at '{tokens[number]}':\n{after[number + 1]}");

        Assert.All(roots.Zip(fixedRoots), pair => KeptText.AssertKept(pair.First, pair.Second));
    }

    /// <summary>Returns true if a token begins a statement. A directive between two statements never prevents a fix.</summary>
    private static bool BeginsStatement(SyntaxToken token) =>
        token.Parent!.AncestorsAndSelf().OfType<StatementSyntax>().Any(statement => statement is not BlockSyntax && statement.Parent is BlockSyntax && statement.GetFirstToken() == token);

    private static async Task<(Project Project, ImmutableArray<Diagnostic> Found)> ReportAsync(FixShape shape, IEnumerable<string> members)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal) { ["Driver.cs"] = TestProject.DriverTypes, ["Types.cs"] = FixShape.Types };
        foreach ((int number, string[] some) in members.Chunk(MembersPerFile).Index())
            files[$"Shape{number}.cs"] = shape.File(number, some);

        Project project = FixedProject.Open(new AdhocWorkspace(), files);
        Compilation compilation = (await project.GetCompilationAsync(Cancellation))!;
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(shape.Analyzer, compilation, Cancellation);
        return (project, [.. found.Where(diagnostic => diagnostic.Id == shape.Rule)]);
    }

    private static IEnumerable<Document> Shown(Project project) => project.Documents.Where(document => document.Name.StartsWith("Shape", StringComparison.Ordinal));

    private static SyntaxNode RootOf(Document document) => document.GetSyntaxRootAsync(Cancellation).GetAwaiter().GetResult()!;

    private static IEnumerable<SyntaxToken> Tokens(FixShape shape) => SyntaxFactory.ParseMemberDeclaration(shape.Member)!.DescendantTokens();

    private static string Named(string member, string name) => member.Replace(" M(", $" {name}(", StringComparison.Ordinal).Replace(" M<", $" {name}<", StringComparison.Ordinal).Replace("\nM(", $"\n{name}(", StringComparison.Ordinal).Replace("\nM<", $"\n{name}<", StringComparison.Ordinal);

    private static SyntaxNode Reparsed(SyntaxNode root) => CSharpSyntaxTree.ParseText(root.ToFullString(), TestProject.Parse, cancellationToken: Cancellation).GetRoot(Cancellation);

    /// <summary>Returns the tokens of each variant, without its name.</summary>
    private static IEnumerable<string> Codes(SyntaxNode root) =>
        root.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(method => method.Identifier.ValueText is not "Run")
            .Select(method => string.Join(' ', method.DescendantTokens().Where(token => token != method.Identifier).Select(token => token.Text)));
}
