using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>Damage as it occurs while code is edited: a token or statement is missing, doubled, or exchanged with another.</summary>
internal static class Mutation
{
    /// <summary>Returns the code with some of these changes. The same state of the generator gives the same changes.</summary>
    public static string Of(string code, CSharpParseOptions options, Random random)
    {
        for (int changes = random.Next(1, 6); changes > 0; changes--)
            code = Once(code, options, random);

        return code;
    }

    private static string Once(string code, CSharpParseOptions options, Random random)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(code, options).GetRoot();
        TextSpan[] parts = random.Next(2) == 0 ? Spans(root.DescendantTokens()) : Spans(root.DescendantNodes().OfType<StatementSyntax>());
        if (parts.Length == 0)
            return code;

        TextSpan one = parts[random.Next(parts.Length)];
        TextSpan other = parts[random.Next(parts.Length)];
        return random.Next(3) switch
        {
            0 => code.Remove(one.Start, one.Length),
            1 => code.Insert(one.End, $" {code[one.Start..one.End]}"),
            _ => Swap(code, one, other),
        };
    }

    private static string Swap(string code, TextSpan one, TextSpan other)
    {
        if (one.OverlapsWith(other))
            return code;

        (TextSpan first, TextSpan second) = one.Start < other.Start ? (one, other) : (other, one);
        return $"{code[..first.Start]}{code[second.Start..second.End]}{code[first.End..second.Start]}{code[first.Start..first.End]}{code[second.End..]}";
    }

    private static TextSpan[] Spans(IEnumerable<SyntaxToken> tokens) => [.. tokens.Select(token => token.Span).Where(span => !span.IsEmpty)];

    private static TextSpan[] Spans(IEnumerable<SyntaxNode> nodes) => [.. nodes.Select(node => node.Span).Where(span => !span.IsEmpty)];
}
