using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace IoAsid.Typed.Mutations;

/// <summary>The places that acquire a hold or a lock.</summary>
internal sealed class HoldSites(SemanticModel model)
{
    // A hold that was acquired elsewhere and is only released here is no site here. The acquisition is the site.
    public bool IsAcquired(ExpressionSyntax hold) => hold is not IdentifierNameSyntax && model.GetTypeInfo(hold).Type is { IsRefLikeType: false };

    /// <summary>Returns the variable with the hold of an out parameter, as in <c>TryHold(id, out held)</c>. Returns null if the call has no such parameter.</summary>
    public static IdentifierNameSyntax? HoldOf(InvocationExpressionSyntax call, IMethodSymbol method)
    {
        if (method.Parameters.LastOrDefault() is not { RefKind: RefKind.Out, Type: { IsReferenceType: true } type } || !IsDisposable(type))
            return null;
        ArgumentSyntax last = call.ArgumentList.Arguments[^1];
        return last.Expression switch
        {
            DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax declared } => IdentifierName(declared.Identifier.Text),
            IdentifierNameSyntax name => IdentifierName(name.Identifier.Text),
            _ => null,
        };
    }

    private static bool IsDisposable(ITypeSymbol type) => type.AllInterfaces.Any(known => known.SpecialType == SpecialType.System_IDisposable);
}
