using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>Where the use of a member is reported, and how what it is used on is quoted.</summary>
internal static class MemberSite
{
    /// <summary>The name of the member, without what stands before and behind it.</summary>
    public static Location Of(IOperation use) => NameIn(use.Syntax).GetLocation();

    /// <summary>Code as one line, so that a message stays one.</summary>
    public static string Quote(IOperation? code) =>
        code is null or { IsImplicit: true } ? "this" : Quote(code.Syntax);

    /// <inheritdoc cref="Quote(IOperation)"/>
    public static string Quote(SyntaxNode code) => string.Join(" ", code.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static string Display(ITypeSymbol? type) => type?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat) ?? "";

    /// <summary>A function as people call it.</summary>
    public static string NameOf(IMethodSymbol? function) => function switch
    {
        { MethodKind: MethodKind.AnonymousFunction } => "lambda",
        { AssociatedSymbol: { } property } => property.Name,
        { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } constructor => constructor.ContainingType.Name,
        { } method => method.Name,
        null => "initializer",
    };

    /// <summary>The name of the used member in code.</summary>
    public static SyntaxNode NameIn(SyntaxNode syntax) => syntax switch
    {
        _ when !CallStack.HasRoom() => syntax,
        InvocationExpressionSyntax call => NameIn(call.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        ParenthesizedExpressionSyntax parenthesized => NameIn(parenthesized.Expression),
        _ => syntax,
    };
}
