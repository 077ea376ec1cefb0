using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// IOASID3003: follows a guest's number, and values computed from it, on the paths where every check fails, and records the calls that it reaches.
/// </summary>
/// <param name="graph">The function.</param>
/// <param name="source">The marked parameter, field, property or method that the number comes from.</param>
/// <param name="numbers">Knows numbers and calls.</param>
/// <param name="owners">Knows the sets of one owner.</param>
internal sealed class GuestNumberTracker(FlowGraph graph, ISymbol source, GuestNumberMembers numbers, OwnerSets owners) : Tracker(graph)
{
    /// <summary>Longer computations are not followed.</summary>
    private const int Depth = 32;

    public override bool FollowsExceptions => true;

    /// <summary>The arguments by which it gets away, and what in each of them the guest chose.</summary>
    public Dictionary<IOperation, (IMethodSymbol Method, IOperation Chosen)> Escapes { get; } = [];

    /// <summary>A set in which the number is looked up, and which is not known to have one owner.</summary>
    public IOperation? OtherSet { get; private set; }

    public FlowPath Start() => new(
        new Standing(0, source is IParameterSymbol parameter && Graph.Owns(Slot.Of(parameter)) ? Names.BitFor(Slot.Of(parameter)) : 0),
        Facts.None);

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        foreach (IOperation value in operation.ChildOperations)
        {
            if (Ways.ParameterFor(operation, value) is { } parameter && numbers.MethodOutOfSight(operation, parameter) is { } method && Carries(path, value))
            {
                if (!Escapes.ContainsKey(value))
                    Escapes.Add(value, (method, ChosenIn(path, value)));

                return null;
            }
        }

        if (IsLookup(path, operation) && !IsCheck(path, operation))
            OtherSet ??= ((IInvocationOperation)operation).Instance;

        return IsReadOfNothing(path, operation) ? null : path;
    }

    public override Known? ValueOf(FlowPath path, IOperation expression)
    {
        if (!IsCheck(path, expression))
            return null;

        return expression.Type?.SpecialType == SpecialType.System_Boolean ? Known.False : Known.Missing;
    }

    public override Known? GivenOut(FlowPath path, IOperation call) => IsCheck(path, call) ? Known.Null : null;

    public override bool Lose(FlowPath path) => true;

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        bool isGiven = write.From is { } from && SymbolEqualityComparer.Default.Equals(numbers.MarkedBy(from), source);
        bool isChanged = write.Added is { } added && (Names.IsIn(names, write.Slot) || Carries(path, added));
        if ((isGiven || isChanged) && Graph.Owns(write.Slot))
            return names | Names.BitFor(write.Slot);

        return base.NamesAfter(path, names, write) ?? names;
    }

    public override bool Carries(FlowPath path, IOperation? expression) => Carries(path, expression, Depth);

    private bool Carries(FlowPath path, IOperation? expression, int depth)
    {
        if (expression is null || depth == 0)
            return false;

        if (Slot.Of(expression) is { } slot && Graph.Owns(slot))
            return Names.IsIn(path.Standing.Names, slot);

        if (SymbolEqualityComparer.Default.Equals(numbers.SourceIn(expression), source))
            return true;

        return expression switch
        {
            IConversionOperation conversion => Carries(path, conversion.Operand, depth - 1),
            IAwaitOperation awaited => Carries(path, awaited.Operation, depth - 1),
            IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask", Instance: { } task } => Carries(path, task, depth - 1),
            IFieldReferenceOperation { Instance: { } tuple } field when TupleElement(tuple, field) is { } element => Carries(path, element, depth - 1),
            ITupleOperation tuple => tuple.Elements.Any(element => Carries(path, element, depth - 1)),
            ISimpleAssignmentOperation assignment => Carries(path, assignment.Value, depth - 1),
            IMemberReferenceOperation { Instance: { } whole } member => numbers.IsNumber(member.Type) && Carries(path, whole, depth - 1),
            IInvocationOperation { TargetMethod.Name: "GetValueOrDefault", Instance: { } nullable } => Carries(path, nullable, depth - 1),
            IObjectCreationOperation wrapper => numbers.IsWrapper(wrapper.Type) && wrapper.Arguments.Any(argument => Carries(path, argument.Value, depth - 1)),
            IBinaryOperation sum => numbers.IsNumber(sum.Type) && (Carries(path, sum.LeftOperand, depth - 1) || Carries(path, sum.RightOperand, depth - 1)),
            IUnaryOperation unary => numbers.IsNumber(unary.Type) && Carries(path, unary.Operand, depth - 1),
            _ => false,
        };
    }

    /// <summary>Returns the element of a tuple for a field, if the tuple is written in the code.</summary>
    private IOperation? TupleElement(IOperation tuple, IFieldReferenceOperation field) =>
        tuple.Type is INamedTypeSymbol { IsTupleType: true } type
        && Unconverted.Of(Slot.Of(tuple) is { } slot && Graph.Owns(slot) ? Graph.Definitions.ValueOf(slot) : tuple) is ITupleOperation seen
            ? seen.Elements.Zip(type.TupleElements, (element, named) => (element, named)).FirstOrDefault(part => IsSameElement(part.named, field.Field)).element
            : null;

    private static bool IsSameElement(IFieldSymbol left, IFieldSymbol right) =>
        SymbolEqualityComparer.Default.Equals(left.CorrespondingTupleField ?? left, right.CorrespondingTupleField ?? right);

    /// <summary>Returns the branch of a conditional expression that is the guest's.</summary>
    private IOperation ChosenIn(FlowPath path, IOperation value, int depth = Depth) =>
        depth > 0 && Unconverted.Of(value) is IFlowCaptureReferenceOperation temporary && Captured(temporary).FirstOrDefault(branch => Carries(path, branch)) is { } chosen
            ? ChosenIn(path, chosen, depth - 1)
            : value;

    private IEnumerable<IOperation> Captured(IFlowCaptureReferenceOperation temporary) =>
        Graph.Sites()
            .Select(site => site.Operation)
            .OfType<IFlowCaptureOperation>()
            .Where(capture => capture.Id.Equals(temporary.Id))
            .Select(capture => capture.Value);

    /// <summary>Returns true if an operation holds or finds the number on its owner's set. The path continues where that fails.</summary>
    private bool IsCheck(FlowPath path, IOperation operation) =>
        IsLookup(path, operation) && owners.Contain(((IInvocationOperation)operation).Instance, Graph);

    private bool IsLookup(FlowPath path, IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "Hold" or "TryHold" or "Find" or "TryFind" or "TryGetHandle" or "TryResolve" } call
        && numbers.Sdk.IsSetOrReader(call.Instance?.Type)
        && call.Arguments.Any(argument => Carries(path, argument.Value));

    /// <summary>Returns true if an operation reads the data or the id of a hold that holds nothing, which throws.</summary>
    private bool IsReadOfNothing(FlowPath path, IOperation operation) =>
        operation is IPropertyReferenceOperation { Property.Name: "Data" or "Id", Instance: { } instance }
        && numbers.Sdk.Hold.Is(instance.Type)
        && Slot.Of(instance) is { } hold
        && Known.Missing.Equals(path.Facts[Graph.WordOf(hold)]);
}
