using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1010: a method reads a table of objects by a number, and is neither marked nor named. It finds the lookups of code that does not use the library yet.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LooksUntypedAnalyzer : DeclaredLookupAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public LooksUntypedAnalyzer()
        : base(Descriptors.LooksUntyped)
    {
    }

    /// <summary>Registers the look at declarations and at casts of results. Most methods take no number or give a type of their own.</summary>
    private protected override Func<SyntaxNode, ISymbol, Diagnostic?> Begin(
        Compilation compilation, UntypedLookupCatalog catalog, Action<Action<SyntaxNodeAnalysisContext>, SyntaxKind[]> register, CancellationToken cancellationToken)
    {
        PlainTableLookups lookups = new(compilation, cancellationToken);
        register(
            node =>
            {
                if (LookupIn(node.Node) is { } call
                    && node.SemanticModel.GetSymbolInfo(call, node.CancellationToken).Symbol is (IMethodSymbol or IPropertySymbol) and { } member
                    && lookups.Of(member) is { } lookup
                    && TargetOf(node.Node, node.SemanticModel, node.CancellationToken) is { } target
                    && IsDowncast(lookup.Given, target)
                    && !catalog.Contains(member, node.Node.SyntaxTree))
                    node.ReportDiagnostic(DiagnosticFor(lookup, node.Node.GetLocation(), "is cast to", target));
            },
            [SyntaxKind.CastExpression, SyntaxKind.AsExpression]);
        return (declaration, member) => GivesNoType(declaration) && lookups.Of(member) is { } lookup ? DiagnosticFor(lookup, member.Locations[0], "is only known as", null) : null;
    }

    /// <summary>Returns true if a declaration gives <c>object</c>, <c>dynamic</c>, or a type parameter. A base class is reported where its result is cast.</summary>
    private static bool GivesNoType(SyntaxNode declaration)
    {
        TypeSyntax type = TypeOf(declaration);
        return (type is NullableTypeSyntax nullable ? nullable.ElementType : type) switch
        {
            PredefinedTypeSyntax predefined => predefined.Keyword.IsKind(SyntaxKind.ObjectKeyword),
            IdentifierNameSyntax name => name.Identifier.ValueText is "dynamic" or "Object" || IsTypeParameter(name, declaration),
            QualifiedNameSyntax name => name.Right.Identifier.ValueText is "Object",
            _ => false,
        };
    }

    private static bool IsTypeParameter(IdentifierNameSyntax name, SyntaxNode declaration) =>
        (declaration as MethodDeclarationSyntax)?.TypeParameterList?.Parameters.Any(parameter => string.Equals(parameter.Identifier.ValueText, name.Identifier.ValueText, StringComparison.Ordinal)) == true;

    /// <summary>Returns the call or indexing whose result is cast. A type that has a keyword derives from no class of the code, so a cast to it is no cast to a subtype.</summary>
    private static ExpressionSyntax? LookupIn(SyntaxNode cast)
    {
        if (cast is CastExpressionSyntax { Type: PredefinedTypeSyntax })
            return null;

        ExpressionSyntax operand = cast is CastExpressionSyntax explicitly ? explicitly.Expression : ((BinaryExpressionSyntax)cast).Left;
        while (operand is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax)
            operand = operand is ParenthesizedExpressionSyntax parentheses ? parentheses.Expression : ((PostfixUnaryExpressionSyntax)operand).Operand;

        return operand is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } or ElementAccessExpressionSyntax ? operand : null;
    }

    private static ITypeSymbol? TargetOf(SyntaxNode cast, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetTypeInfo(cast is CastExpressionSyntax explicitly ? explicitly.Type : ((BinaryExpressionSyntax)cast).Right, cancellationToken).Type;

    /// <summary>Returns true if a cast goes from a base class to a subtype. A method that gives an object is reported where it is declared.</summary>
    private static bool IsDowncast(ITypeSymbol given, ITypeSymbol target)
    {
        if (given.SpecialType == SpecialType.System_Object || given.TypeKind is TypeKind.Dynamic or TypeKind.TypeParameter)
            return false;

        return given.TypeKind == TypeKind.Interface
            ? target.AllInterfaces.Contains(given, SymbolEqualityComparer.Default)
            : Bases(target).Contains(given, SymbolEqualityComparer.Default);
    }

    private static IEnumerable<ITypeSymbol> Bases(ITypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type.BaseType; outer is not null; outer = outer.BaseType)
            yield return outer;
    }

    private static Diagnostic DiagnosticFor(PlainTableLookup lookup, Location place, string verb, ITypeSymbol? target) => Diagnostic.Create(
        Descriptors.LooksUntyped,
        place,
        MemberName.Of(lookup.Member),
        lookup.Table,
        string.Format(CultureInfo.InvariantCulture, "{0} '{1}'", verb, MemberSite.Display(target ?? lookup.Given)),
        Path(lookup.Member));

    /// <summary>Returns the name that the option accepts.</summary>
    private static string Path(ISymbol member)
    {
        ISymbol type = MethodName.NamedTypeAround(member)!;
        string around = type.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}." : "";
        string types = type.ContainingType is { } outer ? $"{outer.Name}." : "";
        return $"{around}{types}{MemberName.Of(member)}";
    }
}
