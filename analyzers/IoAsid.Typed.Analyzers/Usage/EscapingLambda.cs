using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>Lambdas that provably run after the code around them has gone on: stored, returned, or handed to the scheduler, a timer or a thread.</summary>
internal static class EscapingLambda
{
    private static readonly HashSet<(string Type, string Method)> Schedulers =
    [
        ("Task", "Run"),
        ("Task", "ContinueWith"),
        ("TaskFactory", "StartNew"),
        ("ThreadPool", "QueueUserWorkItem"),
        ("ThreadPool", "UnsafeQueueUserWorkItem"),
        ("SynchronizationContext", "Post"),
        ("CancellationToken", "Register"),
        ("CancellationToken", "UnsafeRegister"),
        ("Thread", ".ctor"),
        ("Timer", ".ctor"),
    ];

    /// <summary>How the lambda escapes that captures a variable where it is referred to; null if none does, as far as can be seen.</summary>
    public static string? Around(IOperation reference, ILocalSymbol variable)
    {
        for (IOperation? outer = reference.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is not IAnonymousFunctionOperation lambda)
                continue;

            // Declared inside this one: not captured by it, nor by those further out.
            if (SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, lambda.Symbol))
                return null;

            if (HowItEscapes(lambda) is { } how)
                return how;
        }

        return null;
    }

    /// <summary>Returns true if a lambda or local function captures a variable where it is referred to.</summary>
    public static bool IsInside(IOperation reference, ILocalSymbol variable)
    {
        for (IOperation? outer = reference.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation { Symbol: var lambda })
                return !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, lambda);

            if (outer is ILocalFunctionOperation { Symbol: var local })
                return !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, local);
        }

        return false;
    }

    private static string? HowItEscapes(IOperation function)
    {
        IOperation value = function;
        while (value.Parent is IConversionOperation or IDelegateCreationOperation or IConditionalOperation or ICoalesceOperation)
            value = value.Parent;

        return value.Parent switch
        {
            IAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation } assignment when assignment.Value == value => "is stored",
            IFieldInitializerOperation or IPropertyInitializerOperation => "is stored",
            IEventAssignmentOperation => "handles an event",
            IReturnOperation => "is returned",
            IArgumentOperation { Parent: IInvocationOperation call } => Scheduled(call.TargetMethod),
            IArgumentOperation { Parent: IObjectCreationOperation { Constructor: { } constructor } } => Scheduled(constructor),
            _ => null,
        };
    }

    private static string? Scheduled(IMethodSymbol method) =>
        Schedulers.Contains((method.ContainingType.Name, method.Name)) && IsOfThreading(method.ContainingNamespace)
            ? $"runs later, by '{(method.MethodKind == MethodKind.Constructor ? $"new {method.ContainingType.Name}" : $"{method.ContainingType.Name}.{method.Name}")}'"
            : null;

    private static bool IsOfThreading(INamespaceSymbol @namespace) =>
        @namespace.Name is "Threading" || (@namespace.Name is "Tasks" && @namespace.ContainingNamespace.Name is "Threading");
}
