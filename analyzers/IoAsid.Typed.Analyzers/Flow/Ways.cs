using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The effect of an operation on a value that is one of its operands.</summary>
internal enum ValueUse
{
    /// <summary>It looks at the value, or gives it another name of this function: nothing happens to the value.</summary>
    Kept,

    /// <summary>It calls a member of the value.</summary>
    Called,

    /// <summary>The operation passes the value to a parameter, which decides the way of the value.</summary>
    Given,

    /// <summary>It stores, captures or returns the value, or uses it in a way that the rules do not follow.</summary>
    PassedOn,
}

/// <summary>
/// The ways in which C# moves, tests, stores, gives and releases a value. All rules about paths use this class, so a new way in the language is one new line in it and one row in the
/// tests. The control flow graph already turns <c>?.</c>, <c>??</c>, <c>?:</c>, both forms of <c>switch</c>, loops, <c>using</c>, <c>lock</c> and initializers into the operations below.
/// </summary>
internal static class Ways
{
    /// <summary>Returns the way of an operand through an operation.</summary>
    public static ValueUse Of(IOperation operation, IOperation value, FlowGraph graph) => operation switch
    {
        _ when ParameterFor(operation, value) is { } parameter => parameter.RefKind == RefKind.Out ? ValueUse.Kept : ValueUse.Given,
        IConversionOperation { OperatorMethod: null } => ValueUse.Kept,
        IFlowCaptureOperation or IDeclarationExpressionOperation or IExpressionStatementOperation => ValueUse.Kept,
        ISimpleAssignmentOperation { IsRef: false } assignment => assignment.Target == value || IsOwn(assignment.Target, graph)
            ? ValueUse.Kept
            : ValueUse.PassedOn,
        IDeconstructionAssignmentOperation => ValueUse.Kept,
        ITupleOperation tuple => IsTakenApart(tuple) && Targets(tuple, value).All(target => IsOwn(target, graph)) ? ValueUse.Kept : ValueUse.PassedOn,
        ICompoundAssignmentOperation or IIncrementOrDecrementOperation => ValueUse.Kept,
        IInvocationOperation => ValueUse.Called,
        IPropertyReferenceOperation or IFieldReferenceOperation => ValueUse.Kept,
        IIsNullOperation or IIsPatternOperation or IIsTypeOperation or IBinaryOperation or IUnaryOperation => ValueUse.Kept,
        IInterpolationOperation or IInterpolatedStringOperation => ValueUse.Kept,
        _ => ValueUse.PassedOn,
    };

    /// <summary>
    /// Returns the parameter that gets a value: by an argument, as the receiver of a method of an extension block, or as the operand of an operator that a user wrote.
    /// </summary>
    public static IParameterSymbol? ParameterFor(IOperation operation, IOperation value) => operation switch
    {
        IArgumentOperation argument => argument.Parameter,
        IInvocationOperation call when call.Instance == value => ReceiverOf(call.TargetMethod),
        IBinaryOperation { OperatorMethod: { } method } binary => method.Parameters.ElementAtOrDefault(binary.LeftOperand == value ? 0 : 1),
        IUnaryOperation { OperatorMethod: { } method } => method.Parameters.ElementAtOrDefault(0),
        IConversionOperation { OperatorMethod: { } method } => method.Parameters.ElementAtOrDefault(0),
        ICompoundAssignmentOperation { OperatorMethod: { } method } assignment => assignment.Target == value
            ? method.IsStatic ? method.Parameters.ElementAtOrDefault(0) : null
            : method.Parameters.LastOrDefault(),
        _ => null,
    };

    /// <summary>Returns the parameter of the extension block that a method is in, if the method is called on a value.</summary>
    public static IParameterSymbol? ReceiverOf(IMethodSymbol method) =>
        method is { IsStatic: false, ContainingType: { IsExtension: true, ExtensionParameter: { } receiver } } ? receiver : null;

    /// <summary>
    /// Returns the parameters that a function has to account for, the receiver of an extension block included. Those of a primary constructor belong to the whole type, which keeps them.
    /// </summary>
    public static IEnumerable<IParameterSymbol> ParametersOf(IMethodSymbol function)
    {
        if (IsPrimaryConstructor(function))
            return [];

        return ReceiverOf(function) is { } receiver ? function.Parameters.Prepend(receiver) : function.Parameters;
    }

    /// <summary>Returns the places outside the function that an operation writes, with the written values.</summary>
    public static IEnumerable<(IOperation Target, IOperation Value)> StoresOf(IOperation operation, FlowGraph graph) => operation switch
    {
        ISimpleAssignmentOperation assignment => StoreIn(graph.Target(assignment.Target), assignment.Value),
        IDeconstructionAssignmentOperation { Target: var targets, Value: var value } => StoresIn(targets, value, graph),
        _ => [],
    };

    /// <summary>Returns all places that an operation writes, inside of the function and outside.</summary>
    public static IEnumerable<IOperation> TargetsOf(IOperation operation, FlowGraph graph) => operation switch
    {
        IDeconstructionAssignmentOperation deconstruction => TargetsIn(deconstruction.Target).Select(graph.Target),
        IAssignmentOperation assignment => [graph.Target(assignment.Target)],
        IIncrementOrDecrementOperation step => [graph.Target(step.Target)],
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => [graph.Target(argument.Value)],
        _ => [],
    };

    /// <summary>Returns true if an operation writes a place and does not read its earlier value.</summary>
    public static bool IsOnlyWritten(IOperation place) => place.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        ISimpleAssignmentOperation assignment => assignment.Target == place,
        IDeconstructionAssignmentOperation assignment => assignment.Target == place,
        IArgumentOperation { Parameter.RefKind: RefKind.Out } => true,
        ITupleOperation or IDeclarationExpressionOperation => IsOnlyWritten(place.Parent),
        _ => false,
    };

    /// <summary>
    /// Returns true if a place may be written where it stands: by an assignment, a step, a <c>ref</c> or <c>out</c> argument, a deconstruction or a loop, or by way of a reference to it.
    /// </summary>
    public static bool IsWritten(IOperation place) => place.Parent switch
    {
        _ when !CallStack.HasRoom() => true,
        ISimpleAssignmentOperation { IsRef: true } => true,
        IAssignmentOperation assignment => assignment.Target == place,
        IIncrementOrDecrementOperation or IAddressOfOperation or IDeclarationExpressionOperation => true,
        IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
        IInvocationOperation call => call.Instance == place && ReceiverOf(call.TargetMethod) is { RefKind: RefKind.Ref },
        ITupleOperation tuple => IsWritten(tuple),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol.IsRef,
        ILoopOperation => place is ILocalReferenceOperation { IsDeclaration: true },
        _ => false,
    };

    /// <summary>Returns true if an operation only tests an operand.</summary>
    public static bool IsTest(IOperation operation) => operation is IIsNullOperation or IIsPatternOperation or IIsTypeOperation or IBinaryOperation { OperatorMethod: null };

    /// <summary>Returns true if an operation only tests whether an operand is null.</summary>
    public static bool IsNullTest(IOperation operation) => operation switch
    {
        IIsNullOperation => true,
        IBinaryOperation comparison => comparison.ChildOperations.Any(operand => operand.ConstantValue is { HasValue: true, Value: null }),
        IIsPatternOperation { Pattern: IConstantPatternOperation or INegatedPatternOperation { Pattern: IConstantPatternOperation } } => true,
        _ => false,
    };

    /// <summary>Returns true if an operation uses a member of an operand, which throws for null.</summary>
    public static bool IsMemberOf(IOperation operation, IOperation value) => operation switch
    {
        IInvocationOperation call => call.Instance == value && ReceiverOf(call.TargetMethod) is null,
        IMemberReferenceOperation member => member.Instance == value,
        _ => false,
    };

    /// <summary>Returns the values that a value consists of: a tuple, an array or a collection written on the spot has its elements.</summary>
    public static IEnumerable<IOperation> ElementsOf(IOperation value)
    {
        Stack<IOperation> open = new([value]);
        while (open.Count > 0)
        {
            IOperation whole = open.Pop();
            switch (Unconverted.Of(whole))
            {
                case ITupleOperation tuple:
                    Push(tuple.Elements);
                    break;
                case ICollectionExpressionOperation collection:
                    Push(collection.Elements.Where(element => element is not ISpreadOperation));
                    break;
                case IArrayCreationOperation { Initializer: { } initializer }:
                    Push(initializer.ElementValues);
                    break;
                default:
                    yield return whole;
                    break;
            }
        }

        void Push(IEnumerable<IOperation> parts)
        {
            foreach (IOperation part in parts)
                open.Push(part);
        }
    }

    /// <summary>Returns the value whose member a pattern tests, or null if it has no expression of its own.</summary>
    public static IOperation? PatternInput(IInstanceReferenceOperation part)
    {
        IOperation? at = part.Parent;
        while (at is not null and not IRecursivePatternOperation)
            at = at.Parent;

        for (at = at?.Parent; at is not null; at = at.Parent)
        {
            switch (at)
            {
                case IIsPatternOperation test:
                    return test.Value;
                case IPropertySubpatternOperation outer:
                    return outer.Member;
                case not (IBinaryPatternOperation or INegatedPatternOperation):
                    return null;
            }
        }

        return null;
    }

    /// <summary>Returns true if the operation suspends the function, so that other code runs before the function continues.</summary>
    public static bool IsWait(IOperation operation) => operation is IAwaitOperation or IReturnOperation { Kind: OperationKind.YieldReturn };

    /// <summary>Returns the lambda that an operation makes, or the local function that it declares, as the compiler gives it.</summary>
    public static IMethodSymbol? FunctionOf(IOperation operation) => operation switch
    {
        IAnonymousFunctionOperation lambda => lambda.Symbol,
        ILocalFunctionOperation local => local.Symbol,
        _ => null,
    };

    /// <summary>Returns the member whose body an operation runs.</summary>
    public static IMethodSymbol? MethodRunBy(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IPropertyReferenceOperation property => property.Property.GetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        IBinaryOperation binary => binary.OperatorMethod,
        IUnaryOperation unary => unary.OperatorMethod,
        IConversionOperation conversion => conversion.OperatorMethod,
        ICompoundAssignmentOperation assignment => assignment.OperatorMethod,
        IIncrementOrDecrementOperation step => step.OperatorMethod,
        _ => null,
    };

    private static bool IsPrimaryConstructor(IMethodSymbol function) =>
        function.MethodKind == MethodKind.Constructor
        && function.DeclaringSyntaxReferences.Any(declaration => declaration.GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax);

    /// <summary>Returns true if a tuple only carries values to the names on the left of an assignment.</summary>
    private static bool IsTakenApart(ITupleOperation tuple)
    {
        IOperation whole = tuple;
        while (whole.Parent is IConversionOperation or ITupleOperation or IDeclarationExpressionOperation)
            whole = whole.Parent;

        return whole.Parent is IDeconstructionAssignmentOperation;
    }

    /// <summary>Returns the names that get an element of a tuple; the element itself if it is one of them.</summary>
    private static IEnumerable<IOperation> Targets(ITupleOperation tuple, IOperation element)
    {
        List<int> way = [tuple.Elements.IndexOf(element)];
        IOperation whole = tuple;
        for (; whole.Parent is IConversionOperation or ITupleOperation or IDeclarationExpressionOperation; whole = whole.Parent)
        {
            if (whole.Parent is ITupleOperation outer)
                way.Add(outer.Elements.IndexOf(whole));
        }

        if (whole.Parent is not IDeconstructionAssignmentOperation assignment || assignment.Target == whole)
            return [element];

        IOperation? target = assignment.Target;
        for (int level = way.Count - 1; level >= 0 && target is not null; level--)
            target = TupleIn(target)?.Elements.ElementAtOrDefault(way[level]);

        return target is null ? [] : [target];
    }

    private static IEnumerable<(IOperation Target, IOperation Value)> StoreIn(IOperation target, IOperation value) =>
        Slot.Of(target) is { Symbol: not IParameterSymbol } || target is IDiscardOperation ? [] : [(target, value)];

    private static IEnumerable<(IOperation Target, IOperation Value)> StoresIn(IOperation target, IOperation? value, FlowGraph graph) =>
        TupleIn(target) is { } targets && Unconverted.Of(value) is ITupleOperation values
            ? targets.Elements.Zip(values.Elements, (inner, element) => CallStack.HasRoom() ? StoresIn(inner, element, graph) : []).SelectMany(stores => stores)
            : value is null ? [] : StoreIn(graph.Target(target), value);

    private static IEnumerable<IOperation> TargetsIn(IOperation target) =>
        TupleIn(target) is { } tuple && CallStack.HasRoom() ? tuple.Elements.SelectMany(TargetsIn) : [target];

    private static ITupleOperation? TupleIn(IOperation operation) =>
        operation as ITupleOperation ?? (operation as IDeclarationExpressionOperation)?.Expression as ITupleOperation;

    private static bool IsOwn(IOperation target, FlowGraph graph) =>
        target is IDiscardOperation || (Slot.Of(graph.Target(target)) is { } slot && graph.Owns(slot));
}
