using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Lambdas that provably run later than the code around them: stored, returned, or passed to the scheduler, a timer or a thread.</summary>
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

    /// <summary>Returns how a lambda or local function escapes that captures a variable where it is referred to; null if none does, as far as can be seen.</summary>
    public static string? Around(IOperation reference, ILocalSymbol variable)
    {
        ValueMoves moves = ValueMoves.Around(reference);
        for (IOperation? outer = reference.Parent; outer is not null; outer = outer.Parent)
        {
            if (Ways.FunctionOf(outer) is not { } function)
                continue;

            // Declared inside this one: not captured by it, nor by those further out.
            if (SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, function))
                return null;

            if (moves.PlacesOf(function).Select(place => HowItEscapes(place, moves)).FirstOrDefault(escape => escape is not null) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Returns true if a lambda or local function captures a variable where it is referred to.</summary>
    public static bool IsInside(IOperation reference, ILocalSymbol variable)
    {
        for (IOperation? outer = reference.Parent; outer is not null; outer = outer.Parent)
        {
            if (Ways.FunctionOf(outer) is { } function)
                return !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, function);
        }

        return false;
    }

    private static string? HowItEscapes(ValuePlace place, ValueMoves moves)
    {
        // A tuple or collection around a lambda goes where the lambda goes.
        IOperation value = place.Operation;
        while (value.Parent is ITupleOperation or ICollectionExpressionOperation or IArrayCreationOperation or IArrayInitializerOperation or IConversionOperation)
            value = value.Parent;

        if (value.Parent is { } user && Ways.StoresOf(user, place.Graph).Any(store => StoredData.Outlives(store.Target, place.Graph) && Ways.ElementsOf(store.Value).Contains(place.Operation)))
            return "is stored";

        return value.Parent switch
        {
            IEventAssignmentOperation => "handles an event",
            IArgumentOperation { Parent: IInvocationOperation call } => Scheduled(call.TargetMethod),
            IArgumentOperation { Parent: IObjectCreationOperation { Constructor: { } constructor } } => Scheduled(constructor),
            _ => moves.IsReturned(value) ? "is returned" : null,
        };
    }

    private static string? Scheduled(IMethodSymbol method) =>
        Schedulers.Contains((method.ContainingType.Name, method.Name)) && IsOfThreading(method.ContainingNamespace)
            ? $"runs later, by '{(method.MethodKind == MethodKind.Constructor ? $"new {method.ContainingType.Name}" : $"{method.ContainingType.Name}.{method.Name}")}'"
            : null;

    private static bool IsOfThreading(INamespaceSymbol @namespace) =>
        @namespace.Name is "Threading" || (@namespace.Name is "Tasks" && @namespace.ContainingNamespace.Name is "Threading");
}
