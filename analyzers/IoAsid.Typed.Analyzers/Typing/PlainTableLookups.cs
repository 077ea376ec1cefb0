using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>A method that looks like an untyped lookup, and the table that it reads.</summary>
internal sealed class PlainTableLookup(ISymbol member, ITypeSymbol given, string table)
{
    public ISymbol Member => member;

    /// <summary>The type that the method gives.</summary>
    public ITypeSymbol Given => given;

    public string Table => table;
}

/// <summary>The methods and indexers that go from a number to an object of unknown type by reading a table. Each declaration is examined once.</summary>
internal sealed class PlainTableLookups
{
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellationToken;
    private readonly Memo<ISymbol, PlainTableLookup?> _found;

    public PlainTableLookups(Compilation compilation, CancellationToken cancellationToken)
    {
        _compilation = compilation;
        _cancellationToken = cancellationToken;
        _found = new(Examine, SymbolEqualityComparer.Default);
    }

    public PlainTableLookup? Of(ISymbol member) => _found[member.OriginalDefinition];

    private PlainTableLookup? Examine(ISymbol member)
    {
        if (!VisibleDeclarations.IsDeclaredForOthers(member) || GivenBy(member) is not { } given || member.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration)
            return null;

        if (FunctionOf(member) is not { } function)
            return null;

        IParameterSymbol[] ids = [.. function.Parameters.Where(parameter => parameter.RefKind is not (RefKind.Out or RefKind.Ref) && IsNumber(parameter.Type))];
        if (ids.Length == 0 || BodyOf(declaration.GetSyntax(_cancellationToken)) is not { } body || OperationOf(body) is not { } operation)
            return null;

        return TableRead.In(operation, function, ids) is { } table ? new PlainTableLookup(member, given, table) : null;
    }

    private static SyntaxNode? BodyOf(SyntaxNode declaration) => declaration switch
    {
        MethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
        IndexerDeclarationSyntax { ExpressionBody: { } body } => body,
        IndexerDeclarationSyntax indexer => indexer.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.Keyword.ValueText is "get") is { } getter ? (SyntaxNode?)getter.Body ?? getter.ExpressionBody : null,
        _ => null,
    };

#pragma warning disable RS1030 // The cast of a result and the method that gives it may be in two files.
    private IOperation? OperationOf(SyntaxNode body) => _compilation.GetSemanticModel(body.SyntaxTree).GetOperation(body, _cancellationToken);
#pragma warning restore RS1030

    /// <summary>Returns the method, or the getter of an indexer, which has parameters of its own.</summary>
    private static IMethodSymbol? FunctionOf(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Ordinary } method => method,
        IPropertySymbol { IsIndexer: true, GetMethod: { } getter } => getter,
        _ => null,
    };

    /// <summary>Returns the result type of a member if the value can have another type: an object, a type parameter that the caller chooses, or a class that can be a base.</summary>
    private static ITypeSymbol? GivenBy(ISymbol member)
    {
        ITypeSymbol? type = (member as IMethodSymbol)?.ReturnType ?? (member as IPropertySymbol)?.Type;
        return type switch
        {
            { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Dynamic or TypeKind.Interface } => type,
            { TypeKind: TypeKind.Class, IsSealed: false, SpecialType: SpecialType.None } => type,
            ITypeParameterSymbol chosen when UntypedResult.IsChosenByCaller(chosen, member, FunctionOf(member)?.Parameters ?? []) => type,
            _ => null,
        };
    }

    /// <summary>Returns true if a type is an integer, an address, or a struct around an integer.</summary>
    private static bool IsNumber(ITypeSymbol type) => IsInteger(type) || (type is INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None, Name: not "RawIoAsid" } && OnlyFieldOf(type) is { } field && IsInteger(field.Type));

    private static bool IsInteger(ITypeSymbol type) => type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

    private static IFieldSymbol? OnlyFieldOf(ITypeSymbol type)
    {
        IFieldSymbol[] fields = [.. type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic)];
        return fields.Length == 1 ? fields[0] : null;
    }
}
