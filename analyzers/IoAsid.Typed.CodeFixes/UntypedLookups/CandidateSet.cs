using System.Collections.Immutable;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A typed set or reader that a lookup could go through.</summary>
/// <param name="receiver">The set, as it is written before the dot.</param>
/// <param name="type">Its type.</param>
/// <param name="fit">How its data fits the expected type.</param>
internal sealed class CandidateSet(ExpressionSyntax receiver, ITypeSymbol type, DataFit fit)
{
    public ExpressionSyntax Receiver => receiver;

    public ITypeSymbol Type => type;

    public DataFit Fit => fit;

    /// <summary>Returns the typed set that the untyped lookup names. No other set is a candidate then.</summary>
    public static CandidateSet Given(IOperation set, ImmutableArray<ITypeSymbol> expected, SdkSymbols sdk, Compilation compilation) => new(
        AsReceiver((ExpressionSyntax)UntypedLookupUse.Written(set).WithoutTrivia()),
        set.Type!,
        DataFits.Of(sdk.DataTypeOf(set.Type)!, expected, compilation));

    /// <summary>
    /// Returns the sets and readers that have a name at this place and fit, those of exactly the expected type first. Static members of the class that declares the
    /// lookup are among them. The compiler decides whether the name may be used there (assigned, static, captured).
    /// </summary>
    public static ImmutableArray<CandidateSet> InScope(SemanticModel model, int position, ISymbol lookup, ImmutableArray<ITypeSymbol> expected, SdkSymbols sdk)
    {
        ImmutableArray<ISymbol> here = model.LookupSymbols(position);
        IEnumerable<ISymbol> besideLookup = lookup.ContainingType?.GetMembers().Where(member => member.IsStatic && !here.Contains(member, SymbolEqualityComparer.Default) && model.IsAccessible(position, member)) ?? [];
        ISymbol[] named = [.. here.Concat(besideLookup).Where(symbol => sdk.DataTypeOf(TypeOf(symbol)) is not null)];
        return
        [
            .. named
                .Where(symbol => !SetAlias.IsRepeated(symbol, named, model.Compilation))
                .Select(symbol => Of(symbol, here.Contains(symbol, SymbolEqualityComparer.Default) ? NameOf(symbol) : NameBeside(symbol, model, position), expected, sdk, model.Compilation))
                .Where(candidate => candidate.Fit is DataFit.Exact or DataFit.Base)
                .OrderByDescending(candidate => candidate.Fit),
        ];
    }

    private static CandidateSet Of(ISymbol symbol, ExpressionSyntax name, ImmutableArray<ITypeSymbol> expected, SdkSymbols sdk, Compilation compilation)
    {
        ITypeSymbol type = TypeOf(symbol)!;
        return new CandidateSet(name, type, DataFits.Of(sdk.DataTypeOf(type)!, expected, compilation));
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type,
        IPropertySymbol { IsIndexer: false, IsWriteOnly: false } property => property.Type,
        _ => null,
    };

    private static IdentifierNameSyntax NameOf(ISymbol symbol) =>
        SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None
            ? SyntaxFactory.IdentifierName(symbol.Name)
            : SyntaxFactory.IdentifierName(SyntaxFactory.VerbatimIdentifier(default, symbol.Name, symbol.Name, default));

    /// <summary>Returns the name of a static member of another class, such as <c>Table.Bindings</c>.</summary>
    private static MemberAccessExpressionSyntax NameBeside(ISymbol symbol, SemanticModel model, int position) => SyntaxFactory.MemberAccessExpression(
        SyntaxKind.SimpleMemberAccessExpression, SyntaxFactory.ParseExpression(symbol.ContainingType.ToMinimalDisplayString(model, position)), NameOf(symbol));

    private static ExpressionSyntax AsReceiver(ExpressionSyntax expression) => expression switch
    {
        NameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax
            or ParenthesizedExpressionSyntax or InstanceExpressionSyntax or PostfixUnaryExpressionSyntax => expression,
        _ => SyntaxFactory.ParenthesizedExpression(expression),
    };
}
