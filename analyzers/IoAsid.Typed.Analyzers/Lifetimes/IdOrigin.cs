using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The origin of an id, by which a hold and a handle are known to be of the same id: a local or parameter, for as long as nothing else
/// is written to it, or a field or property that never changes.
/// </summary>
internal sealed class IdOrigin
{
    /// <summary>As many copies of copies are looked through.</summary>
    private const int Depth = 8;

    private readonly object _source;

    private IdOrigin(object source) => _source = source;

    /// <summary>Returns the id of a handle.</summary>
    public static IdOrigin? OfHandle(IOperation? handle, FlowGraph graph, SdkSymbols sdk, int depth = Depth)
    {
        handle = Unconverted.Of(handle);
        if (depth == 0 || handle is null)
            return null;

        if (Slot.Of(handle) is not { } slot || !graph.Owns(slot))
            return OfUnchanging(handle);

        if (graph.Definitions.WriterOf(slot)?.Operation is IInvocationOperation { TargetMethod.Name: "TryGetHandle" } found)
            return OfNumber(found.Arguments[0].Value, graph, sdk, depth - 1);

        IOperation? value = Unconverted.Of(graph.Definitions.ValueOf(slot));
        return Slot.Of(value) is not null ? OfHandle(value, graph, sdk, depth - 1) : new IdOrigin(slot);
    }

    /// <summary>Returns the id that a number names.</summary>
    public static IdOrigin? OfNumber(IOperation? number, FlowGraph graph, SdkSymbols sdk, int depth = Depth)
    {
        number = Unconverted.Of(number);
        if (depth == 0 || number is null)
            return null;

        if (number is IPropertyReferenceOperation { Property.Name: "Id", Instance: { } instance } && sdk.Handle.Is(instance.Type))
            return OfHandle(instance, graph, sdk, depth - 1);

        if (Slot.Of(number) is not { } slot || !graph.Owns(slot))
            return OfUnchanging(number);

        return (graph.Definitions.ValueOf(slot) is { } value ? OfNumber(value, graph, sdk, depth - 1) : null) ?? new IdOrigin(slot);
    }

    public bool IsSameAs(IdOrigin? other) => other is not null && _source.Equals(other._source);

    /// <summary>Returns true if an operation gives the name another value.</summary>
    public bool IsChangedBy(IOperation operation, FlowGraph graph) =>
        _source is Slot slot && Write.Of(operation, graph).Any(write => write.Slot.Equals(slot));

    /// <summary>Returns the origin that is a read-only field, or a property that returns its initial value.</summary>
    private static IdOrigin? OfUnchanging(IOperation value) => value switch
    {
        IFieldReferenceOperation { Field.IsReadOnly: true, Instance: null or IInstanceReferenceOperation } field => new IdOrigin(field.Field),
        IPropertyReferenceOperation { Property: { SetMethod: null } property, Instance: null or IInstanceReferenceOperation } when IsAutomatic(property) =>
            new IdOrigin(property),
        _ => null,
    };

    private static bool IsAutomatic(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
}
