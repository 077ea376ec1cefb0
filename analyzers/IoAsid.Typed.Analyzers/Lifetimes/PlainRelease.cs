using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// A first look at a call that takes a hold, which takes no flow graph: the hold is plainly released or passed on by <c>using</c>, on the spot, or by one of the next statements, with nothing in
/// between that leads away. <see cref="Ways"/> is about an operation and a value on a path. This class recognises the usual shapes of code, so a way that
/// is missing here costs time and changes no answer.
/// </summary>
internal static class PlainRelease
{
    public static bool Of(IInvocationOperation taken, LifetimeMembers members)
    {
        if (members.Of(taken) != LifetimeAction.TryHold)
            return IsOfValue(taken, members);

        return GivenOut(taken) switch
        {
            ILocalReferenceOperation { Local: { RefKind: RefKind.None } name } => IsOfTest(taken, name, members),
            IDiscardOperation or null => false,
            // The target is a field, an element or the caller's variable, which is not followed.
            var target => target is not ILocalReferenceOperation,
        };
    }

    private static IOperation? GivenOut(IInvocationOperation taken)
    {
        foreach (IArgumentOperation argument in taken.Arguments)
        {
            if (argument.Parameter?.RefKind == RefKind.Out)
                return argument.Value is IDeclarationExpressionOperation declared ? declared.Expression : argument.Value;
        }

        return null;
    }

    /// <summary>Returns true if a value plainly reaches a release from the place of its creation.</summary>
    private static bool IsOfValue(IOperation value, LifetimeMembers members) => value.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IConversionOperation { OperatorMethod: null } conversion => IsOfValue(conversion, members),
        IConditionalOperation { Condition: var condition } choice when condition != value => IsOfValue(choice, members),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var name } declarator } =>
            name.IsUsing || (name.RefKind == RefKind.None && StatementAround(declarator) is { } declaration && IsOfNext(declaration, name, members)),
        ISimpleAssignmentOperation { IsRef: false, Parent: IExpressionStatementOperation statement, Target: ILocalReferenceOperation { Local: { RefKind: RefKind.None } name } } =>
            IsOfNext(statement, name, members),
        ISimpleAssignmentOperation { Target: var target } assignment => assignment.Value == value && IsElsewhere(target),
        IUsingOperation statement => statement.Resources == value,
        IReturnOperation => true,
        IArgumentOperation { Parameter: { } parameter } => !members.OnlyBorrows(parameter),
        _ => false,
    };

    private static bool IsElsewhere(IOperation target) =>
        target is IFieldReferenceOperation or IPropertyReferenceOperation or IArrayElementReferenceOperation;

    /// <summary>Returns true if the code after a successful call plainly releases its reference.</summary>
    private static bool IsOfTest(IOperation test, ILocalSymbol name, LifetimeMembers members)
    {
        bool whenTaken = true;
        while (true)
        {
            switch (test.Parent)
            {
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not }:
                    whenTaken = !whenTaken;
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both
                    when both.RightOperand == test || whenTaken == (both.OperatorKind == BinaryOperatorKind.ConditionalOr):
                    break;
                case IConditionalOperation { Type: null } choice when choice.Condition == test:
                    return (whenTaken ? choice.WhenTrue : choice.WhenFalse) is { } branch
                        ? IsOfFirst(branch is IBlockOperation block ? block.Operations : [branch], 0, name, members)
                        : IsOfNext(choice, name, members);
                case IConditionalOperation choice when choice.Condition == test:
                    return (whenTaken ? choice.WhenTrue : choice.WhenFalse) is { } result && Is(result, name) && IsOfValue(choice, members);
                default:
                    return false;
            }

            test = test.Parent;
        }
    }

    private static IOperation? StatementAround(IOperation declarator)
    {
        IOperation? statement = declarator.Parent;
        while (statement is IVariableDeclarationOperation)
            statement = statement.Parent;

        return statement as IVariableDeclarationGroupOperation;
    }

    private static bool IsOfNext(IOperation statement, ILocalSymbol name, LifetimeMembers members) =>
        statement.Parent is IBlockOperation block && IsOfFirst(block.Operations, block.Operations.IndexOf(statement) + 1, name, members);

    /// <summary>Returns true if the first statement that matters releases what has a name, or passes it on.</summary>
    private static bool IsOfFirst(IReadOnlyList<IOperation> statements, int from, ILocalSymbol name, LifetimeMembers members)
    {
        for (int index = from; index < statements.Count; index++)
        {
            if (Ends(statements[index], name, members))
                return true;

            if (!LeadsOn(statements[index], name))
                return false;
        }

        return false;
    }

    private static bool Ends(IOperation statement, ILocalSymbol name, LifetimeMembers members) => statement switch
    {
        _ when !CallStack.HasRoom() => false,
        IUsingOperation { Resources: var resource } => Is(resource, name),
        IUsingDeclarationOperation { DeclarationGroup.Declarations: var declarations } =>
            declarations.Any(declaration => declaration.Declarators.Any(declarator => Is(declarator.GetVariableInitializer()?.Value, name))),
        IReturnOperation { Kind: OperationKind.Return } given => Is(given.ReturnedValue, name),
        ITryOperation { Finally.Operations: var last } whole => last.Any(final => Ends(final, name, members)) && !IsWrittenIn(whole, name),
        IExpressionStatementOperation { Operation: var action } => EndsIn(action, name, members),
        _ => false,
    };

    private static bool EndsIn(IOperation action, ILocalSymbol name, LifetimeMembers members) => action switch
    {
        IInvocationOperation call => IsReleased(call, name, members) || call.Arguments.Any(argument => argument.Parameter is { } parameter && Is(argument.Value, name) && !members.OnlyBorrows(parameter)),
        IConditionalAccessOperation { WhenNotNull: IInvocationOperation call } access => Is(access.Operation, name) && members.Of(call) == LifetimeAction.Release,
        ISimpleAssignmentOperation { IsRef: false } assignment => Is(assignment.Value, name) && IsElsewhere(assignment.Target),
        _ => false,
    };

    private static bool IsReleased(IInvocationOperation call, ILocalSymbol name, LifetimeMembers members) =>
        Is(call.Instance, name) && (LifetimeMembers.IsDisposal(call.TargetMethod) || members.Of(call) is LifetimeAction.Complete);

    /// <summary>Returns true if control goes from a statement to the next or nowhere, and the name still has its value then.</summary>
    private static bool LeadsOn(IOperation statement, ILocalSymbol name) =>
        !statement.DescendantsAndSelf().Any(operation => operation is IReturnOperation or IBranchOperation or ILabeledOperation or ILocalFunctionOperation)
        && !IsWrittenIn(statement, name);

    private static bool IsWrittenIn(IOperation code, ILocalSymbol name) => code.Descendants().Any(operation =>
        operation is ILocalReferenceOperation reference
        && SymbolEqualityComparer.Default.Equals(reference.Local, name)
        && reference.Parent is not (IMemberReferenceOperation or IInvocationOperation or IUsingOperation));

    private static bool Is(IOperation? value, ILocalSymbol name)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, name);
    }
}
