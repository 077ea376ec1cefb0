using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Boundaries;

/// <summary>Finds the places where a handle or reader can only be default, and why: the beginning of a sentence.</summary>
internal static class DeadValues
{
    /// <summary>A <c>default</c>, and the reads of a local that never gets anything else.</summary>
    public static IEnumerable<(IOperation Value, string Reason)> FromDefault(IOperation value)
    {
        IOperation whole = WithConversions(value);
        return Variables.LocalThatGets(value) is { } write && IsFirstOfDefaultsOnly(write)
            ? ReadsOf(write).Select(read => (read, $"'{LocalOf(write).Name}', which is never anything but default,"))
            : [(whole, "'default'")];
    }

    /// <summary>The reads of what a Try call gives out, in the branch of an <c>if</c> or <c>?:</c> where the call said no, if nothing else writes it.</summary>
    public static IEnumerable<(IOperation Value, string Reason)> WhereFailed(IInvocationOperation call)
    {
        if (FailedBranch(call) is not { } failed || GivenOut(call) is not { } write || Variables.Around(write).WritesOf(write.Local).Take(2).Count() != 1)
            return [];

        return ReadsOf(write)
            .Where(read => IsInside(read, failed))
            .Select(read => (read, $"'{write.Local.Name}', of which '{call.TargetMethod.Name}' has just said that there is none,"));
    }

    private static bool IsFirstOfDefaultsOnly(IOperation write)
    {
        IOperation[] writes = [.. Variables.Around(write).WritesOf(LocalOf(write))];
        return writes.Length > 0 && writes[0] == write && Array.TrueForAll(writes, IsOfDefault);
    }

    private static bool IsOfDefault(IOperation write) => write switch
    {
        IVariableDeclaratorOperation declarator => WithoutConversions(declarator.GetVariableInitializer()!.Value) is IDefaultValueOperation,
        { Parent: ISimpleAssignmentOperation { IsRef: false } assignment } when assignment.Target == write =>
            WithoutConversions(assignment.Value) is IDefaultValueOperation,
        _ => false,
    };

    private static IEnumerable<IOperation> ReadsOf(IOperation write) =>
        Variables.Around(write).NamesOf(LocalOf(write)).Select(WithConversions);

    private static ILocalSymbol LocalOf(IOperation write) =>
        write is IVariableDeclaratorOperation declarator ? declarator.Symbol : ((ILocalReferenceOperation)write).Local;

    private static IOperation? FailedBranch(IInvocationOperation call)
    {
        bool answer = true;
        IOperation condition = call;
        for (; condition.Parent is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not; condition = not)
            answer = !answer;

        return condition.Parent is IConditionalOperation choice && choice.Condition == condition
            ? answer ? choice.WhenFalse : choice.WhenTrue
            : null;
    }

    private static ILocalReferenceOperation? GivenOut(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.RefKind is RefKind.Out)?.Value switch
        {
            IDeclarationExpressionOperation { Expression: ILocalReferenceOperation declared } => declared,
            ILocalReferenceOperation { Local.IsRef: false } local => local,
            _ => null,
        };

    private static bool IsInside(IOperation? operation, IOperation branch)
    {
        while (operation is not null && operation != branch)
            operation = operation.Parent;

        return operation is not null;
    }

    private static IOperation WithConversions(IOperation value)
    {
        while (value.Parent is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion;

        return value;
    }

    private static IOperation WithoutConversions(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value;
    }
}
