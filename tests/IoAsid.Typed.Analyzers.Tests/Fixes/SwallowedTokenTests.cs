using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>A change whose text has another meaning than its tree is refused, for example if a line comment hides the tokens behind it.</summary>
public sealed class SwallowedTokenTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\n", true)]
    [InlineData("", false)]
    public async Task A_line_comment_before_a_token_needs_the_end_of_its_line(string endOfLine, bool isAccepted)
    {
        using AdhocWorkspace workspace = new();
        Document document = FixedProject.Open(workspace, new SortedDictionary<string, string>(StringComparer.Ordinal) { ["C.cs"] = "class C\n{\n    // One.\n    int x = 1;\n\n    int Read() => x;\n}\n" }).Documents.Single();
        SyntaxNode root = (await document.GetSyntaxRootAsync(Cancellation))!;
        FieldDeclarationSyntax field = root.DescendantNodes().OfType<FieldDeclarationSyntax>().Single();
        SyntaxToken one = field.DescendantTokens().Single(token => token.IsKind(SyntaxKind.NumericLiteralToken));
        SyntaxNode moved = field
            .ReplaceToken(one, one.WithLeadingTrivia(SyntaxFactory.Comment("// One."), SyntaxFactory.EndOfLine(endOfLine)))
            .WithLeadingTrivia(SyntaxFactory.Whitespace("    "));

        FixCheck check = new(document, (await document.GetSemanticModelAsync(Cancellation))!, field);

        Assert.Equal(isAccepted, await check.RunAsync(new Change(root.ReplaceNode(field, moved)), Cancellation) is not null);
    }
}
