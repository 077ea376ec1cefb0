using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1005: follows the answer of a lookup, where it found nothing, to a use that counts on something.</summary>
/// <param name="graph">The function.</param>
/// <param name="lookup">The lookup, in the graph around.</param>
/// <param name="usesAreAsserted">Whether only a use with <c>!</c> counts, because the compiler reports any other.</param>
/// <param name="lastUse">The last block in which the answer can be used.</param>
/// <param name="sdk">The SDK's types.</param>
internal sealed class UncheckedUseTracker(FlowGraph graph, IInvocationOperation lookup, bool usesAreAsserted, int lastUse, SdkSymbols sdk)
    : LookupTracker(graph, lookup, isFound: false, sdk)
{
    private readonly HashSet<IMethodSymbol> _entered = new(SymbolEqualityComparer.Default);

    /// <summary>The first use in the order of the code.</summary>
    public SyntaxNode? Use { get; private set; }

    /// <summary>Gets a value indicating whether the out value of the lookup is read on some path, or may be read.</summary>
    public bool IsRead { get; private set; }

    public override int LastBlock => lastUse;

    /// <summary>Returns the path right after the lookup; null if it gives the data to a place that is not followed.</summary>
    public FlowPath? Start(Facts facts)
    {
        if (!GivesOut || GivenOutTo is IDiscardOperation)
            return new FlowPath(default, facts);

        if (GivenOutTo is not { } place || Slot.Of(Graph.Target(place)) is not { Symbol: ILocalSymbol } slot || BitOf(slot) is not (not 0 and var bit))
            return null;

        return new FlowPath(new Standing(0, bit), facts.Without(Graph.WordOf(slot)));
    }

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        if (operation == Lookup)
            return null;

        if (Graph.FunctionAt(operation) is { } function && path.Standing.Names != 0)
            Enter(function, path);

        if (Carries(path, operation) && !Ways.IsOnlyWritten(operation))
        {
            IsRead |= operation is ILocalReferenceOperation;
            if (!Sdk.Lookup.Is(operation.Type) && IsUse(operation))
                Note(operation.Syntax);
        }

        // A value that is handed to other code may be tested there.
        if (!IsNamed(operation) && OperandsCarrying(path, operation).Any(operand => Ways.Of(operation, operand, Graph) is ValueUse.Given or ValueUse.PassedOn))
            return null;

        // Without a name the answer ends with its statement.
        return operation.Parent is null && path.Standing.Names == 0 && !Write.Of(operation, Graph).Any(write => Carries(path, write.Value)) ? null : path;
    }

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        if (!Carries(path, write.Value))
            return base.NamesAfter(path, names, write);

        return BitOf(write.Slot) is not 0 and var bit ? names | bit : null;
    }

    /// <summary>Follows the answer into a lambda or local function that reads it.</summary>
    private void Enter(FlowGraph function, FlowPath path)
    {
        if (!CallStack.HasRoom() || !_entered.Add(function.Function!))
            return;

        UncheckedUseTracker inner = new(function, Lookup, usesAreAsserted, int.MaxValue, Sdk);
        ulong names = NamesIn(inner, path);
        if (names == 0)
            return;

        PathFollower.FromEntry(function, inner, new FlowPath(new Standing(0, names), Facts.None), FlowBudget.For(function.Blocks.Length));
        IsRead |= inner.IsRead;
        if (inner.Use is { } use)
            Note(use);
    }

    /// <summary>Returns true if an operation gives a value a name that is followed, also into lambdas.</summary>
    private bool IsNamed(IOperation operation) => operation is ISimpleAssignmentOperation { IsRef: false, Target: var target } && Slot.Of(Graph.Target(target)) is { } slot && BitOf(slot) != 0;

    private void Note(SyntaxNode use)
    {
        if (Use is null || use.SpanStart < Use.SpanStart)
            Use = use;
    }

    /// <summary>Returns true if an operation counts on the value. Data can be tested for null. A number cannot.</summary>
    private bool IsUse(IOperation value)
    {
        IOperation outermost = value;
        while (outermost.Parent is IConversionOperation { OperatorMethod: null } conversion)
            outermost = conversion;

        return outermost.Parent switch
        {
            null or IFlowCaptureOperation or IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation } => false,
            { } test when Ways.IsTest(test) => false,
            _ when Lookup.TargetMethod.Name is "TryResolve" || Values.IsAsserted(value) => true,
            { } parent => !usesAreAsserted && Ways.IsMemberOf(parent, outermost),
        };
    }
}
