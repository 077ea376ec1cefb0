using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1004: a member is declared that is an untyped lookup by its signature and not marked as one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnmarkedLookupAnalyzer : DeclaredLookupAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public UnmarkedLookupAnalyzer()
        : base(Descriptors.UnmarkedLookup)
    {
    }

    private protected override Func<SyntaxNode, ISymbol, Diagnostic?> Begin(
        Compilation compilation, UntypedLookupCatalog catalog, Action<Action<SyntaxNodeAnalysisContext>, SyntaxKind[]> register, CancellationToken cancellationToken)
    {
        TypeNames names = new("RawIoAsid", compilation);
        return (declaration, member) => names.MayBeIn(ParametersOf(declaration)) || names.MayBeIn(WrittenReceiverOf(declaration)) ? DiagnosticFor(member, catalog.Sdk) : null;
    }

    /// <summary>Returns the receiver of the extension block that the member is in.</summary>
    private static SeparatedSyntaxList<ParameterSyntax> WrittenReceiverOf(SyntaxNode member) =>
        member.Parent is ExtensionBlockDeclarationSyntax { ParameterList: { } receiver } ? receiver.Parameters : default;

    private static Diagnostic? DiagnosticFor(ISymbol member, SdkSymbols sdk) =>
        TakesRawId(ParametersOf(member), sdk)
        && WhatItGives(member) is { } given
        && VisibleDeclarations.IsDeclaredForOthers(member)
        && !HasSomethingToLookIn(member, sdk)
            ? Diagnostic.Create(Descriptors.UnmarkedLookup, member.Locations[0], MemberName.Of(member), given.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat))
            : null;

    private static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Ordinary, PartialDefinitionPart: null } method => [.. Ways.ParametersOf(method)],
        IPropertySymbol { GetMethod: not null, PartialDefinitionPart: null } property => property.Parameters,
        _ => [],
    };

    private static bool TakesRawId(ImmutableArray<IParameterSymbol> parameters, SdkSymbols sdk)
    {
        foreach (IParameterSymbol parameter in parameters)
        {
            if (parameter.RefKind is not RefKind.Out && parameter.Type is { Name: "RawIoAsid" or "Nullable" } type && sdk.RawId.Is(WithoutNullable(type)))
                return true;
        }

        return false;
    }

    private static bool HasSomethingToLookIn(ISymbol member, SdkSymbols sdk) =>
        ParametersOf(member).Any(parameter => KeptSets.SaysWhere(parameter.Type, sdk)) || KeptSets.Around(member, sdk);

    /// <summary>Returns the result type of a member if the type does not describe the data.</summary>
    private static ITypeSymbol? WhatItGives(ISymbol member)
    {
        ITypeSymbol returned = member is IMethodSymbol method ? method.ReturnType : ((IPropertySymbol)member).Type;
        if (SaysNothing(returned, member))
            return returned;

        foreach (IParameterSymbol parameter in ParametersOf(member))
        {
            if (parameter.RefKind is RefKind.Out && SaysNothing(parameter.Type, member))
                return parameter.Type;
        }

        return null;
    }

    private static bool SaysNothing(ITypeSymbol type, ISymbol member) => type switch
    {
        _ when !CallStack.HasRoom() => false,
        { SpecialType: SpecialType.System_Object or SpecialType.System_IntPtr } or { TypeKind: TypeKind.Dynamic } => true,
        IPointerTypeSymbol pointer => pointer.PointedAtType.SpecialType == SpecialType.System_Void,
        ITypeParameterSymbol chosen => UntypedResult.IsChosenByCaller(chosen, member, ParametersOf(member)),
        INamedTypeSymbol { Name: "Task" or "ValueTask", Arity: 1 } task => SaysNothing(task.TypeArguments[0], member),
        _ => false,
    };

    private static ITypeSymbol WithoutNullable(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
}
