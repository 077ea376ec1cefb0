using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>The place where the use of a member is reported, and the quotation of the value that it is used on.</summary>
internal static class MemberSite
{
    /// <summary>Returns the name of the member, without the code before and after it.</summary>
    public static Location Of(IOperation use) => NameIn(use.Syntax).GetLocation();

    /// <summary>Returns code as one line, so that a message stays one line.</summary>
    public static string Quote(IOperation? code) =>
        code is null or { IsImplicit: true } ? "this" : Quote(code.Syntax);

    /// <inheritdoc cref="Quote(IOperation)"/>
    public static string Quote(SyntaxNode code) => string.Join(" ", code.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static string Display(ITypeSymbol? type) => type?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat) ?? "";

    /// <summary>Returns the display name of a function.</summary>
    public static string NameOf(IMethodSymbol? function) => function switch
    {
        { MethodKind: MethodKind.AnonymousFunction } => "lambda",
        { AssociatedSymbol: { } property } => property.Name,
        { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } constructor => constructor.ContainingType.Name,
        { } method => method.Name,
        null => "initializer",
    };

    /// <summary>Returns the name of the used member in code.</summary>
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
