using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>Finds the table that a body reads by a parameter: a dictionary, a list, an array field or a <c>GCHandle</c>.</summary>
internal static class TableRead
{
    /// <summary>The parameters of positions. A list that is read by one of them is no table of ids.</summary>
    private static readonly string[] Positions = ["i", "j", "n", "index", "idx", "position", "pos", "ordinal", "offset", "row", "column", "col", "count", "start"];

    /// <summary>The name of the table, or null if the body reads none whose elements can be what the method gives.</summary>
    public static string? In(IOperation body, IParameterSymbol id)
    {
        HashSet<ILocalSymbol> copies = new(SymbolEqualityComparer.Default);
        foreach (IOperation operation in body.Descendants())
        {
            if (operation is IVariableDeclaratorOperation { Symbol: var local } declarator && declarator.GetVariableInitializer() is { } initializer && Mentions(initializer, id, copies))
                copies.Add(local);
            else if (TableOf(operation, id, copies) is { } table)
                return table;
        }

        return null;
    }

    private static string? TableOf(IOperation operation, IParameterSymbol id, HashSet<ILocalSymbol> copies) => operation switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true } read when IsReadBy(read.Arguments, id, copies) => NameOf(read.Instance, read.Type, id),
        IInvocationOperation { TargetMethod.Name: "TryGetValue" or "GetValueOrDefault" or "TryGet" } read when IsReadBy(read.Arguments, id, copies) =>
            NameOf(read.Instance ?? read.Arguments.FirstOrDefault()?.Value, ElementOf(read), id),
        IArrayElementReferenceOperation read when read.Indices.Any(index => Mentions(index, id, copies)) => NameOf(read.ArrayReference, read.Type, id),
        IInvocationOperation { TargetMethod: { Name: "FromIntPtr" or "op_Explicit", ContainingType: { } type } } read when IsGcHandle(type) && IsReadBy(read.Arguments, id, copies) => type.Name,
        IConversionOperation { OperatorMethod.ContainingType: { } type } read when IsGcHandle(type) && Mentions(read.Operand, id, copies) => type.Name,
        _ => null,
    };

    private static ITypeSymbol? ElementOf(IInvocationOperation read) =>
        read.TargetMethod.Parameters.FirstOrDefault(parameter => parameter.RefKind == RefKind.Out)?.Type ?? read.Type;

    /// <summary>The name of a field or property that is a collection of classes.</summary>
    private static string? NameOf(IOperation? collection, ITypeSymbol? element, IParameterSymbol id)
    {
        ISymbol? member = WithoutConversions(collection) is IFieldReferenceOperation or IPropertyReferenceOperation ? ((IMemberReferenceOperation)WithoutConversions(collection)!).Member : null;
        return member is not null && CanBeAnything(element) && IsTable(collection!.Type) && (!IsList(collection.Type) || !Positions.Contains(id.Name, StringComparer.OrdinalIgnoreCase)) ? member.Name : null;
    }

    private static IOperation? WithoutConversions(IOperation? operation)
    {
        while (operation is IConversionOperation conversion)
            operation = conversion.Operand;

        return operation;
    }

    private static bool CanBeAnything(ITypeSymbol? element) =>
        element is { TypeKind: TypeKind.Dynamic or TypeKind.TypeParameter } or { IsReferenceType: true, IsSealed: false, SpecialType: not SpecialType.System_String };

    private static bool IsTable(ITypeSymbol? type) =>
        type is IArrayTypeSymbol { Rank: 1 } || (IsCollection(type) && (IsList(type) || type!.Name.Contains("Dictionary") || type.Name is "Hashtable" or "SortedList" or "ConditionalWeakTable"));

    private static bool IsList(ITypeSymbol? type) =>
        type is IArrayTypeSymbol || type?.Name is "List" or "IList" or "IReadOnlyList" or "ArrayList" or "Collection" or "ImmutableArray" or "ImmutableList";

    private static bool IsCollection(ITypeSymbol? type) =>
        type is not null && type.ContainingNamespace?.ToDisplayString() is { } name
        && (name.StartsWith("System.Collections", StringComparison.Ordinal) || string.Equals(name, "System.Runtime.CompilerServices", StringComparison.Ordinal));

    private static bool IsGcHandle(INamedTypeSymbol type) => type.Name is "GCHandle" && type.ContainingNamespace.ToDisplayString() is "System.Runtime.InteropServices";

    private static bool IsReadBy(IEnumerable<IArgumentOperation> arguments, IParameterSymbol id, HashSet<ILocalSymbol> copies) =>
        arguments.Any(argument => argument.Parameter?.RefKind is not RefKind.Out && Mentions(argument, id, copies));

    private static bool Mentions(IOperation code, IParameterSymbol id, HashSet<ILocalSymbol> copies) => code.DescendantsAndSelf().Any(operation => operation switch
    {
        IParameterReferenceOperation reference => IsSame(reference.Parameter, id),
        ILocalReferenceOperation reference => copies.Contains(reference.Local),
        _ => false,
    });

    /// <summary>The getter of an indexer has parameters of its own.</summary>
    private static bool IsSame(IParameterSymbol used, IParameterSymbol id) =>
        SymbolEqualityComparer.Default.Equals(used, id)
        || (used.Ordinal == id.Ordinal && used.ContainingSymbol is IMethodSymbol { AssociatedSymbol: { } indexer } && SymbolEqualityComparer.Default.Equals(indexer, id.ContainingSymbol));
}
