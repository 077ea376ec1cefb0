using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>An assertion compares at most a pair. More values are compared as a record, or by separate assertions in <c>Assert.Multiple</c>.</summary>
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
