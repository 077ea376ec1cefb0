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
        ILocalReferenceOperation { Local.IsRef: false } read => WhyItIsOne(read, sdk),
        _ => null,
    };

    /// <summary>What is asked about all writes of a local costs a walk through the body, so it is asked last.</summary>
    private static string? WhyItIsOne(ILocalReferenceOperation read, SdkSymbols sdk)
    {
        if (IsDeclaredAsDefault(read.Local) && WritesOf(read) is { Length: > 0 } defaults && Array.TrueForAll(defaults, IsOfDefault))
            return $"'{read.Local.Name}', which is never anything but default,";

        return CallThatFailed(read, sdk) is { } call && WritesOf(read).Length == 1
            ? $"'{read.Local.Name}', of which '{call.TargetMethod.Name}' has just said that there is none,"
            : null;
    }

    private static IOperation[] WritesOf(ILocalReferenceOperation read) => [.. Variables.Around(read).WritesOf(read.Local)];

    /// <summary>Whether a local is declared without a value, or with one that may be default, as far as its declaration alone tells.</summary>
    private static bool IsDeclaredAsDefault(ILocalSymbol local) => local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax
    {
        Initializer: null or { Value: not (InvocationExpressionSyntax or MemberAccessExpressionSyntax or AwaitExpressionSyntax) },
    };

    private static bool IsOfDefault(IOperation write) => write switch
    {
        IVariableDeclaratorOperation declarator => WithoutConversions(declarator.GetVariableInitializer()!.Value) is IDefaultValueOperation,
        { Parent: ISimpleAssignmentOperation { IsRef: false } assignment } when assignment.Target == write =>
            WithoutConversions(assignment.Value) is IDefaultValueOperation,
        _ => false,
    };

    /// <summary>The Try call that fills a local, if the local is read in the branch of an <c>if</c> or <c>?:</c> where the call said no.</summary>
    private static IInvocationOperation? CallThatFailed(ILocalReferenceOperation read, SdkSymbols sdk)
    {
        for (IOperation? outer = read.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IConditionalOperation choice
                && Asked(choice.Condition) is var (call, isTrue)
                && call.TargetMethod.Name is "TryAllocate" or "TryGetHandle"
                && sdk.TypedSet.Is(call.TargetMethod.ContainingType)
                && (isTrue ? choice.WhenFalse : choice.WhenTrue) is { } failed
                && IsInside(read, failed)
                && call.Arguments.Any(argument => argument.Parameter?.RefKind is RefKind.Out && IsOf(argument.Value, read.Local)))
                return call;
        }

        return null;
    }

    /// <summary>The call that a condition consists of, and its answer where the condition is true.</summary>
    private static (IInvocationOperation Call, bool Answer)? Asked(IOperation condition)
    {
        bool answer = true;
        for (; condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not; condition = not.Operand)
            answer = !answer;

        return condition is IInvocationOperation call ? (call, answer) : null;
    }

    private static bool IsOf(IOperation target, ILocalSymbol local) => target switch
    {
        IDeclarationExpressionOperation declaration => IsOf(declaration.Expression, local),
        ILocalReferenceOperation reference => SymbolEqualityComparer.Default.Equals(reference.Local, local),
        _ => false,
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
