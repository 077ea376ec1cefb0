using IoAsid.Typed.Analyzers.Operations;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Boundaries;

/// <summary>IOASID3002: a handle or reader that stands for nothing is asked for something.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeadDefaultAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public DeadDefaultAnalyzer()
        : base(Descriptors.DeadDefault)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        context.RegisterOperationAction(operation => ReportUsesOfDefault(operation, sdk), OperationKind.DefaultValue);
        context.RegisterOperationAction(operation => ReportUsesAfterFailure(operation, sdk), OperationKind.Invocation);
    }

    private static void ReportUsesOfDefault(OperationAnalysisContext context, SdkSymbols sdk)
    {
        IOperation value = WithConversions(context.Operation);
        if (!IsHandleOrReader(value.Type, sdk))
            return;

        Report(context, value, "'default'", sdk);
        if (Variables.LocalThatGets(value) is { } write)
        {
            foreach (IOperation read in ReadsOfNothingElse(write))
                Report(context, read, $"'{read.Syntax}', which is never anything but default,", sdk);
        }
    }

    /// <summary>What reads a local that only ever gets default values. Each read belongs to the first of them.</summary>
    private static IEnumerable<IOperation> ReadsOfNothingElse(IOperation write)
    {
        Variables variables = Variables.Around(write);
        ILocalSymbol local = LocalOf(write);
        IOperation[] writes = [.. variables.WritesOf(local)];
        return writes[0] == write && writes.All(IsOfDefault) ? variables.NamesOf(local).Except(writes) : [];
    }

    private static ILocalSymbol LocalOf(IOperation write) =>
        write is IVariableDeclaratorOperation declarator ? declarator.Symbol : ((ILocalReferenceOperation)write).Local;

    private static bool IsOfDefault(IOperation write) => write switch
    {
        IVariableDeclaratorOperation declarator => WithoutConversions(declarator.GetVariableInitializer()?.Value) is IDefaultValueOperation,
        { Parent: ISimpleAssignmentOperation { IsRef: false } assignment } when assignment.Target == write =>
            WithoutConversions(assignment.Value) is IDefaultValueOperation,
        _ => false,
    };

    /// <summary>In the branch of an <c>if</c> where a Try call said no, the handle it gave is a default one.</summary>
    private static void ReportUsesAfterFailure(OperationAnalysisContext context, SdkSymbols sdk)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is not ("TryAllocate" or "TryGetHandle")
            || !sdk.TypedSet.Is(call.TargetMethod.ContainingType)
            || BranchWhere(call, isTrue: false) is not { } failed
            || OutHandle(call, sdk) is not { } write)
            return;

        foreach (IOperation read in Variables.Around(write).ReadsOfOnly(write).Where(read => failed.Syntax.Span.Contains(read.Syntax.Span)))
            Report(context, read, $"'{read.Syntax}', of which '{call.TargetMethod.Name}' has just said that there is none,", sdk);
    }

    private static IOperation? BranchWhere(IOperation condition, bool isTrue) => condition.Parent switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => BranchWhere(not, !isTrue),
        IConditionalOperation choice when choice.Condition == condition => isTrue ? choice.WhenTrue : choice.WhenFalse,
        _ => null,
    };

    private static IOperation? OutHandle(IInvocationOperation call, SdkSymbols sdk) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter is { RefKind: RefKind.Out } given && sdk.Handle.Is(given.Type))?.Value switch
        {
            IDeclarationExpressionOperation { Expression: ILocalReferenceOperation declared } => declared,
            ILocalReferenceOperation local => local,
            _ => null,
        };

    private static void Report(OperationAnalysisContext context, IOperation value, string what, SdkSymbols sdk)
    {
        if (MemberThatThrows(value) is not { } member)
            return;

        string type = value.Type!.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
        string source = sdk.Handle.Is(value.Type) ? "the handle that 'Allocate' or 'TryGetHandle' gave" : "a reader from 'IoAsidSet.Reader' or 'IoAsidReader.Of'";
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.DeadDefault, value.Syntax.GetLocation(), type, what, member.Name, source));
    }

    /// <summary>The member that a default value is asked for or handed to, unless that one copes with it.</summary>
    private static ISymbol? MemberThatThrows(IOperation value) => value.Parent switch
    {
        IInvocationOperation call when call.Instance == value => OrNullIfItCopes(call.TargetMethod),
        IMemberReferenceOperation reference when reference.Instance == value => OrNullIfItCopes(reference.Member),
        IArgumentOperation { Parameter: { RefKind: not RefKind.Out } parameter, Parent: IInvocationOperation call }
            when IsOfSdk(call.TargetMethod) && parameter.Type.IsValueType => OrNullIfItCopes(call.TargetMethod),
        _ => null,
    };

    private static ISymbol? OrNullIfItCopes(ISymbol member) =>
        member.Name is nameof(Equals) or nameof(GetHashCode) or nameof(ToString) or nameof(GetType) ? null : member;

    private static bool IsOfSdk(IMethodSymbol method) =>
        method.ContainingAssembly?.Name is { } name && (name is "IoAsid.Typed" || name.StartsWith("IoAsid.Typed.", StringComparison.Ordinal));

    private static bool IsHandleOrReader(ITypeSymbol? type, SdkSymbols sdk) =>
        type is { Name: "IoAsidHandle" or "IoAsidReader" } && (sdk.Handle.Is(type) || sdk.TypedReader.Is(type));

    private static IOperation WithConversions(IOperation value)
    {
        while (value.Parent is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion;

        return value;
    }

    private static IOperation? WithoutConversions(IOperation? value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value;
    }
}
