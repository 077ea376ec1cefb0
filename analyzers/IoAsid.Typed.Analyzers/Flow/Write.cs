using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Flow;

/// <summary>A slot gets a value.</summary>
/// <param name="slot">The slot.</param>
/// <param name="value">What is written, if it can be seen.</param>
/// <param name="added">What is added to the old value, or done to it; null if the old value is gone.</param>
internal readonly struct Write(Slot slot, IOperation? value, IOperation? added = null)
{
    public Slot Slot => slot;

    public IOperation? Value => value;

    public IOperation? Added => added;

    /// <summary>The slots that an operation writes, its operands not counted: those come before it.</summary>
    public static IEnumerable<Write> Of(IOperation operation, FlowGraph graph) => operation switch
    {
        ISimpleAssignmentOperation assignment => To(assignment.Target, assignment.Value, graph),
        IFlowCaptureOperation capture => [new Write(Slot.Of(capture.Id), capture.Value)],
        ICompoundAssignmentOperation assignment => To(assignment.Target, null, graph, assignment.Value),
        IIncrementOrDecrementOperation step => To(step.Target, null, graph, step.Target),
        IDeconstructionAssignmentOperation assignment => InTuple(assignment.Target, assignment.Value, graph),
        IInvocationOperation call => ByReference(call.Arguments, graph),
        IObjectCreationOperation creation => ByReference(creation.Arguments, graph),
        IIsPatternOperation test => InPattern(test.Pattern, test.Value),
        _ => [],
    };

    private static IEnumerable<Write> To(IOperation target, IOperation? value, FlowGraph graph, IOperation? added = null) =>
        Slot.Of(graph.Target(target)) is { } slot ? [new Write(slot, value, added)] : [];

    private static IEnumerable<Write> ByReference(IEnumerable<IArgumentOperation> arguments, FlowGraph graph) =>
        arguments
            .Where(argument => argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
            .SelectMany(argument => To(argument.Value, null, graph));

    private static IEnumerable<Write> InTuple(IOperation target, IOperation? value, FlowGraph graph) => target switch
    {
        _ when !CallStack.HasRoom() => [],
        ITupleOperation tuple => tuple.Elements.SelectMany((element, index) => InTuple(element, Element(value, index), graph)),
        IDeclarationExpressionOperation { Expression: ITupleOperation tuple } => InTuple(tuple, value, graph),
        _ => To(target, Unconverted.Of(value) is IInvocationOperation call ? call : null, graph),
    };

    /// <summary>Only what calls return is the same before the writes and after them.</summary>
    private static IOperation? Element(IOperation? value, int index) => (Unconverted.Of(value) as ITupleOperation)?.Elements.ElementAtOrDefault(index);

    /// <summary>The name that a pattern gives to the whole value, and those it gives to parts of it.</summary>
    private static IEnumerable<Write> InPattern(IPatternOperation pattern, IOperation? value)
    {
        if (!CallStack.HasRoom())
            return [];

        ISymbol? whole = pattern switch
        {
            IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
            IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
            _ => null,
        };
        IEnumerable<Write> own = whole is ILocalSymbol local ? [new Write(Slot.Of(local), value)] : [];
        return pattern switch
        {
            IRecursivePatternOperation recursive => own
                .Concat(recursive.PropertySubpatterns.SelectMany(part => InPattern(part.Pattern, null)))
                .Concat(recursive.DeconstructionSubpatterns.SelectMany(part => InPattern(part, null))),
            IBinaryPatternOperation both => InPattern(both.LeftPattern, value).Concat(InPattern(both.RightPattern, value)),
            INegatedPatternOperation negated => InPattern(negated.Pattern, value),
            _ => own,
        };
    }
}
