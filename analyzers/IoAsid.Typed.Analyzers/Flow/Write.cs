using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A slot gets a value.</summary>
/// <param name="slot">The slot.</param>
/// <param name="value">The value, if an expression gives it.</param>
/// <param name="added">The operand that changes the old value; null if the old value is replaced.</param>
/// <param name="from">The parameter by which a call writes the slot, if it does.</param>
/// <param name="isNotNull">Whether the value is not null at each write of the slot.</param>
internal readonly struct Write(Slot slot, IOperation? value, IOperation? added = null, IParameterSymbol? from = null, bool isNotNull = false)
{
    public Slot Slot => slot;

    public IOperation? Value => value;

    public IOperation? Added => added;

    public IParameterSymbol? From => from;

    public bool IsNotNull => isNotNull;

    /// <summary>Returns the slots that an operation writes, all at once. Those that its operands write come before.</summary>
    public static IEnumerable<Write> Of(IOperation operation, FlowGraph graph) => operation switch
    {
        ISimpleAssignmentOperation assignment => To(assignment.Target, assignment.Value, graph),
        IFlowCaptureOperation capture => [new Write(Slot.Of(capture.Id), capture.Value)],
        ICompoundAssignmentOperation assignment => To(assignment.Target, null, graph, assignment.Value),
        IIncrementOrDecrementOperation step => To(step.Target, null, graph, step.Target),
        IDeconstructionAssignmentOperation assignment => InTuple(assignment.Target, assignment.Value, graph),
        IInvocationOperation call => ByReference(call.Arguments, graph).Concat(ToReceiver(call, graph)),
        IObjectCreationOperation creation => ByReference(creation.Arguments, graph),
        IFunctionPointerInvocationOperation call => ByReference(call.Arguments, graph),
        IIsPatternOperation test => InPattern(test.Pattern, test.Value),
        _ => [],
    };

    private static IEnumerable<Write> To(IOperation target, IOperation? value, FlowGraph graph, IOperation? added = null, IParameterSymbol? from = null) =>
        Slot.Of(graph.Target(target)) is { } slot ? [new Write(slot, value, added, from)] : [];

    private static IEnumerable<Write> ByReference(IEnumerable<IArgumentOperation> arguments, FlowGraph graph) =>
        arguments
            .Where(argument => argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
            .SelectMany(argument => To(argument.Value, null, graph, from: argument.Parameter));

    private static IEnumerable<Write> ToReceiver(IInvocationOperation call, FlowGraph graph) =>
        call.Instance is { } instance && Ways.ReceiverOf(call.TargetMethod) is { RefKind: RefKind.Ref } receiver ? To(instance, null, graph, from: receiver) : [];

    /// <summary>Walks a tuple of targets beside the tuple of values. What a <c>Deconstruct</c> gives comes from its parameters.</summary>
    private static List<Write> InTuple(IOperation wholeTarget, IOperation? wholeValue, FlowGraph graph)
    {
        List<Write> writes = [];
        Stack<(IOperation Target, IOperation? Value, IParameterSymbol? From)> open = new([(wholeTarget, wholeValue, null)]);
        while (open.Count > 0)
        {
            (IOperation target, IOperation? value, IParameterSymbol? from) = open.Pop();
            if ((target as ITupleOperation ?? (target as IDeclarationExpressionOperation)?.Expression as ITupleOperation) is not { } tuple)
            {
                writes.AddRange(To(target, value, graph, from: from));
                continue;
            }

            IOperation? whole = Unconverted.Of(value);
            for (int index = 0; index < tuple.Elements.Length; index++)
            {
                open.Push(whole is ITupleOperation values
                    ? (tuple.Elements[index], values.Elements.ElementAtOrDefault(index), null)
                    : (tuple.Elements[index], null, Deconstructed.Parameter(whole?.Type, index, tuple.Elements.Length)));
            }
        }

        return writes;
    }

    /// <summary>Walks a pattern: it names the whole value, and the parts of it that its own patterns look at.</summary>
    private static List<Write> InPattern(IPatternOperation wholePattern, IOperation wholeValue)
    {
        List<Write> writes = [];
        Stack<(IPatternOperation Pattern, IOperation? Value, IParameterSymbol? From)> open = new([(wholePattern, wholeValue, null)]);
        while (open.Count > 0)
        {
            (IPatternOperation pattern, IOperation? value, IParameterSymbol? from) = open.Pop();
            if (NamedBy(pattern) is ILocalSymbol local)
                writes.Add(new Write(Slot.Of(local), value, from: from, isNotNull: pattern is not IDeclarationPatternOperation { MatchesNull: true }));

            switch (pattern)
            {
                case IRecursivePatternOperation recursive:
                    foreach (IPropertySubpatternOperation part in recursive.PropertySubpatterns)
                        open.Push((part.Pattern, part.Member, null));

                    for (int index = 0; index < recursive.DeconstructionSubpatterns.Length; index++)
                        open.Push((recursive.DeconstructionSubpatterns[index], ElementOf(wholeValue, recursive, wholePattern, index), ParameterOf(recursive, index)));

                    break;
                case IListPatternOperation list:
                    foreach (IPatternOperation part in list.Patterns)
                        open.Push((part, null, null));

                    break;
                case ISlicePatternOperation { Pattern: { } rest }:
                    open.Push((rest, null, null));
                    break;
                case IBinaryPatternOperation both:
                    open.Push((both.RightPattern, value, from));
                    open.Push((both.LeftPattern, value, from));
                    break;
                case INegatedPatternOperation negated:
                    open.Push((negated.Pattern, value, from));
                    break;
            }
        }

        return writes;
    }

    private static ISymbol? NamedBy(IPatternOperation pattern) => pattern switch
    {
        IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
        IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
        IListPatternOperation list => list.DeclaredSymbol,
        _ => null,
    };

    /// <summary>Returns the element that a positional pattern tests in a tuple that is written on the spot.</summary>
    private static IOperation? ElementOf(IOperation value, IPatternOperation pattern, IPatternOperation whole, int index) =>
        pattern == whole ? (Unconverted.Of(value) as ITupleOperation)?.Elements.ElementAtOrDefault(index) : null;

    private static IParameterSymbol? ParameterOf(IRecursivePatternOperation pattern, int index) =>
        pattern.DeconstructSymbol is IMethodSymbol method
            ? Deconstructed.Declared(method.IsExtensionMethod ? method.Parameters.ElementAtOrDefault(index + 1) : method.Parameters.ElementAtOrDefault(index))
            : null;
}
