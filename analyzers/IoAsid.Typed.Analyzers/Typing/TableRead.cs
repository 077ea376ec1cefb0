using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A read of a table: of a dictionary, a list or an array in a field or property, or of a <c>GCHandle</c>.</summary>
/// <param name="name">The name of the table.</param>
/// <param name="isList">Whether a position in the table can be meant.</param>
/// <param name="indexes">The expressions by which the table is read.</param>
internal sealed class TableRead(string name, bool isList, IEnumerable<IOperation> indexes)
{
    /// <summary>The parameters of positions. A list that is read by one of them is no table of ids.</summary>
    private static readonly string[] Positions = ["i", "j", "n", "index", "idx", "position", "pos", "ordinal", "offset", "row", "column", "col", "count", "start"];

    public string Name => name;

    /// <summary>Returns the table that a body reads by a parameter, or null if the body reads no table whose elements can be the result of the method.</summary>
    /// <param name="body">The body, as the compiler gives it.</param>
    /// <param name="method">The method or getter.</param>
    /// <param name="ids">The parameters that can be ids.</param>
    public static string? In(IOperation body, IMethodSymbol method, IReadOnlyCollection<IParameterSymbol> ids)
    {
        // Most bodies read no table, and need no flow graph.
        if (!body.Descendants().Any(operation => At(operation) is { } read && ids.Any(read.MayBeBy)))
            return null;

        foreach (FlowGraph graph in FlowGraph.AllAround(body, method).Where(graph => !graph.IsInner))
        {
            foreach (IParameterSymbol id in ids)
            {
                TableReadTracker tracker = new(graph, id);
                PathFollower.FromEntry(graph, tracker, tracker.Start(), FlowBudget.For(graph.Blocks.Length));
                if (tracker.Table is { } table)
                    return table;
            }
        }

        return null;
    }

    /// <summary>Returns the read that an operation is, or null.</summary>
    public static TableRead? At(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true } read => Of(read.Instance, read.Type, KeysIn(read.Arguments)),
        IInvocationOperation { TargetMethod.Name: "TryGetValue" or "GetValueOrDefault" or "TryGet" } read => Of(read.Instance ?? read.Arguments.FirstOrDefault()?.Value, ElementOf(read), KeysIn(read.Arguments)),
        IArrayElementReferenceOperation read => Of(read.ArrayReference, read.Type, read.Indices),
        IInvocationOperation { TargetMethod: { Name: "FromIntPtr" or "op_Explicit", ContainingType: { } type } } read when IsGcHandle(type) => new TableRead(type.Name, isList: false, KeysIn(read.Arguments)),
        IConversionOperation { OperatorMethod.ContainingType: { } type } read when IsGcHandle(type) => new TableRead(type.Name, isList: false, [read.Operand]),
        _ => null,
    };

    /// <summary>Returns true if a parameter can be an id by which the table is read.</summary>
    public bool MayBeBy(IParameterSymbol id) => !isList || !Positions.Contains(id.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The expressions by which the table is read.</summary>
    public IEnumerable<IOperation> Indexes => indexes;

    private static IEnumerable<IOperation> KeysIn(IEnumerable<IArgumentOperation> arguments) =>
        arguments.Where(argument => argument.Parameter?.RefKind is not RefKind.Out).Select(argument => argument.Value);

    private static ITypeSymbol? ElementOf(IInvocationOperation read) =>
        read.TargetMethod.Parameters.FirstOrDefault(parameter => parameter.RefKind == RefKind.Out)?.Type ?? read.Type;

    /// <summary>Returns the read of a field or property that is a collection of classes; null if it is something else.</summary>
    private static TableRead? Of(IOperation? collection, ITypeSymbol? element, IEnumerable<IOperation> keys) =>
        Unconverted.Of(collection) is IFieldReferenceOperation or IPropertyReferenceOperation && CanBeAnything(element) && IsTable(collection!.Type)
            ? new TableRead(((IMemberReferenceOperation)Unconverted.Of(collection)!).Member.Name, IsList(collection.Type), keys)
            : null;

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
}
