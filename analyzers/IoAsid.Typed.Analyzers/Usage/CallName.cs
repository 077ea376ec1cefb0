using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>How a call is written in messages, and where it is reported: at its name, not at its arguments.</summary>
internal static class CallName
{
    public static Location LocationOf(IInvocationOperation call) => NameIn(call.Syntax).GetLocation();

    /// <summary>Code as one line, so that a message stays one; <c>this</c> where nothing is written.</summary>
    public static string Inline(IOperation? value) => value is null or { IsImplicit: true }
        ? "this"
        : string.Join(" ", value.Syntax.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static SyntaxNode NameIn(SyntaxNode call) => call is InvocationExpressionSyntax invocation
        ? invocation.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            var other => other,
        }
        : call;
}
