using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The places in which data outlives the function that stores it.</summary>
internal static class StoredData
{
    /// <summary>Returns true unless the place belongs to an object that was made in the function, or to a struct on its stack.</summary>
    public static bool Outlives(IOperation target, FlowGraph graph) => target switch
    {
        _ when !CallStack.HasRoom() => false,
        IArrayElementReferenceOperation element => IsKept(element.ArrayReference, graph),
        IInlineArrayAccessOperation element => Outlives(element.Instance, graph),
        IMemberReferenceOperation { Instance: null } => true,
        IMemberReferenceOperation { Instance: { } instance } => IsKept(instance, graph),
        IParameterReferenceOperation { Parameter: var parameter } => IsCapturedByType(parameter, graph) || parameter.RefKind is RefKind.Ref or RefKind.Out,
        _ => false,
    };

    /// <summary>Returns the name of the field, property or collection that gets the data.</summary>
    public static string NameOf(IOperation target) => target switch
    {
        _ when !CallStack.HasRoom() => "",
        IArrayElementReferenceOperation element => NameOf(element.ArrayReference),
        IInlineArrayAccessOperation element => NameOf(element.Instance),
        IPropertyReferenceOperation { Property.IsIndexer: true } indexer => MemberSite.Quote(indexer.Instance),
        IMemberReferenceOperation member => member.Member.Name,
        IParameterReferenceOperation parameter => parameter.Parameter.Name,
        _ => MemberSite.Quote(target),
    };

    /// <summary>Returns true if an object is known to the code outside, as far as can be seen.</summary>
    private static bool IsKept(IOperation instance, FlowGraph graph) => Unconverted.Of(instance) switch
    {
        _ when !CallStack.HasRoom() => false,
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } self => self.Type is { IsRefLikeType: false },
        IParameterReferenceOperation parameter => parameter.Type is { IsValueType: false } || Outlives(parameter, graph),
        IFlowCaptureReferenceOperation { Id: var temporary } => graph.Definitions.ValueOf(Slot.Of(temporary)) is { } captured && IsKept(captured, graph),
        IMemberReferenceOperation or IArrayElementReferenceOperation or IInlineArrayAccessOperation => Outlives(instance, graph),
        _ => false,
    };

    /// <summary>Returns true if a parameter belongs to a primary constructor. If a member names it, it is a field of the object.</summary>
    private static bool IsCapturedByType(IParameterSymbol parameter, FlowGraph graph) =>
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { IsRefLikeType: false } } constructor
        && graph.Function is { } function
        && !SymbolEqualityComparer.Default.Equals(constructor, function)
        && function.MethodKind is not (MethodKind.AnonymousFunction or MethodKind.LocalFunction);
}
