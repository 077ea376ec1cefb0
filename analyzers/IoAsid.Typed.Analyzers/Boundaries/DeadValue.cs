using IoAsid.Typed.Analyzers.Operations;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Boundaries;

/// <summary>Proves that a handle or reader is a default one.</summary>
internal static class DeadValue
{
    /// <summary>Why a value can only be default, as the beginning of a sentence; null if it may be something else.</summary>
    public static string? WhyItIsOne(IOperation value, SdkSymbols sdk) => WithoutConversions(value) switch
    {
        IDefaultValueOperation => "'default'",
        ILocalReferenceOperation { Local.IsRef: false } read when IsDeclaredAsMaybeDead(read.Local) => WhyItIsOne(read, sdk),
        _ => null,
    };

    /// <summary>A first look at the declaration alone: most locals are declared with a value that is there.</summary>
    private static bool IsDeclaredAsMaybeDead(ILocalSymbol local) => local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
    {
        VariableDeclaratorSyntax { Initializer: { } given } => given.Value is not (InvocationExpressionSyntax or MemberAccessExpressionSyntax or AwaitExpressionSyntax),
        SingleVariableDesignationSyntax { Parent: DeclarationExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } } } =>
            MemberSite.NameIn(call).ToString() is "TryAllocate" or "TryGetHandle",
        ForEachStatementSyntax => false,
        _ => true,
    };

    private static string? WhyItIsOne(ILocalReferenceOperation read, SdkSymbols sdk)
    {
        IOperation[] writes = [.. Variables.Around(read).WritesOf(read.Local)];
        if (writes.Length > 0 && Array.TrueForAll(writes, IsOfDefault))
            return $"'{read.Local.Name}', which is never anything but default,";

        return writes.Length == 1 && CallThatFailed(writes[0], read, sdk) is { } call
            ? $"'{read.Local.Name}', of which '{call.TargetMethod.Name}' has just said that there is none,"
            : null;
    }

    private static bool IsOfDefault(IOperation write) => write switch
    {
        IVariableDeclaratorOperation declarator => WithoutConversions(declarator.GetVariableInitializer()!.Value) is IDefaultValueOperation,
        { Parent: ISimpleAssignmentOperation { IsRef: false } assignment } when assignment.Target == write =>
            WithoutConversions(assignment.Value) is IDefaultValueOperation,
        _ => false,
    };

    /// <summary>The Try call that fills a local, if the local is read in the branch of an <c>if</c> or <c>?:</c> where the call said no.</summary>
    private static IInvocationOperation? CallThatFailed(IOperation write, IOperation read, SdkSymbols sdk)
    {
        IOperation? argument = write.Parent is IDeclarationExpressionOperation declaration ? declaration.Parent : write.Parent;
        return argument is IArgumentOperation { Parameter.RefKind: RefKind.Out, Parent: IInvocationOperation call }
            && call.TargetMethod.Name is "TryAllocate" or "TryGetHandle"
            && sdk.TypedSet.Is(call.TargetMethod.ContainingType)
            && BranchWhere(call, isTrue: false) is { } failed
            && IsInside(read, failed)
                ? call
                : null;
    }

    private static IOperation? BranchWhere(IOperation condition, bool isTrue) => condition.Parent switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => BranchWhere(not, !isTrue),
        IConditionalOperation choice when choice.Condition == condition => isTrue ? choice.WhenTrue : choice.WhenFalse,
        _ => null,
    };

    private static bool IsInside(IOperation? operation, IOperation branch)
    {
        while (operation is not null && operation != branch)
            operation = operation.Parent;

        return operation is not null;
    }

    private static IOperation WithoutConversions(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value;
    }
}
