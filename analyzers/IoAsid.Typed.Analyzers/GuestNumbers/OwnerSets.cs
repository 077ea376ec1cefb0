using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Knows which sets and readers hold the ids of one owner: the marked ones, and those that are seen to be made as a subset or for an owner.</summary>
internal sealed class OwnerSets(SdkSymbols sdk, Compilation compilation)
{
    private const int Depth = 8;

    private readonly Marks _marks = new(sdk.OwnerSetAttribute, compilation);

    public bool Contain(IOperation? set, FlowGraph graph, int depth = Depth) => set switch
    {
        null => false,
        _ when depth == 0 => false,
        IConversionOperation conversion => sdk.IsSetOrReader(conversion.Operand.Type) && Contain(conversion.Operand, graph, depth - 1),
        IParameterReferenceOperation parameter => _marks.On(parameter.Parameter),
        IFieldReferenceOperation field => _marks.On(field.Field),
        IPropertyReferenceOperation property => _marks.On(property.Property) || (IsReader(property) && Contain(property.Instance, graph, depth - 1)),
        IInvocationOperation call => _marks.OnReturnOf(call.TargetMethod) || IsMadeForOwner(call) || (IsReader(call) && Contain(call.Arguments[0].Value, graph, depth - 1)),
        _ => Slot.Of(set) is { } slot && graph.Owns(slot) && IsOnlyEver(slot, graph, depth - 1),
    };

    private bool IsOnlyEver(Slot slot, FlowGraph graph, int depth) =>
        Contain(graph.Definitions.ValueOf(slot), graph, depth)
        || graph.Definitions.WriterOf(slot)?.Operation is IInvocationOperation { TargetMethod.Name: "TryFindSubset" or "TryFindSet" };

    private static bool IsMadeForOwner(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "CreateSubset" => true,
        "CreateSet" => call.Arguments.Any(argument => argument is { Parameter.Name: "owner", ArgumentKind: ArgumentKind.Explicit }
            && argument.Value is not { ConstantValue: { HasValue: true, Value: null } }),
        _ => false,
    };

    private bool IsReader(IPropertyReferenceOperation property) =>
        property.Property.Name is "Reader" && sdk.Set.IsBaseOf(property.Property.ContainingType);

    private bool IsReader(IInvocationOperation call) =>
        call is { TargetMethod.Name: "Of", Arguments.Length: 1 } && sdk.TypedReader.Is(call.TargetMethod.ContainingType);
}
