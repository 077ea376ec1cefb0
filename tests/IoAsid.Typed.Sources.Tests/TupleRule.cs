using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>An assertion compares a pair at most. More values are a record, or assertions of their own in <c>Assert.Multiple</c>.</summary>
internal static class TupleRule
{
    private const int Pair = 2;

    public static IEnumerable<string> Violations(SourceFile file) =>
        from tuple in file.Root.DescendantNodes().OfType<TupleExpressionSyntax>()
        where tuple.Arguments.Count > Pair
        where tuple.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } } } && IsAssertion(called)
        select file.Describe(tuple);

    private static bool IsAssertion(MemberAccessExpressionSyntax called) =>
        called.Expression is IdentifierNameSyntax { Identifier.ValueText: "Assert" } && called.Name.Identifier.ValueText is "Equal" or "NotEqual";
}
