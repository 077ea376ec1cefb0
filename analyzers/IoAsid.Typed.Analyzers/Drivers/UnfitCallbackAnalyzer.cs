using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID4002: a getter or observer waits, a callback is async void, or an allocator calls the space that it serves.</summary>
public sealed class UnfitCallbackAnalyzer : CallRule
{
    private const string QueueInstead = "queue the work and return";

    /// <summary>Creates the rule.</summary>
    public UnfitCallbackAnalyzer()
        : base(Descriptors.UnfitCallback)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk)
    {
        BlockingCalls blocking = new(calls.Options.AnalyzerConfigOptionsProvider);
        calls.Of(["Find", "Observe", "ObserveOwner", "Create"], (context, call) =>
        {
            foreach (IArgumentOperation argument in call.Arguments)
            {
                if (Callback.Of(argument) is { } callback && IsOfSdk(call.TargetMethod, sdk))
                    Report(context, call, callback, blocking, sdk);
            }
        });
    }

    private static bool IsOfSdk(IMethodSymbol method, SdkSymbols sdk) =>
        sdk.Set.Definitions.Concat(sdk.UntypedLookup.Definitions)
            .Any(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, method.ContainingAssembly));

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, Callback callback, BlockingCalls blocking, SdkSymbols sdk)
    {
        if (callback.IsAsyncVoid)
        {
            Report(context, call, callback, callback.Written, "is async void: it returns at its first await, and an exception after that ends the process", QueueInstead);
        }
        else if (callback.Role is not CallbackRole.Allocator)
        {
            if (FirstWait(callback, blocking) is { } wait)
                Report(context, call, callback, wait, $"calls '{MemberName.Of(blocking.MemberOf(wait)!)}', which waits", RemedyFor(callback.Role));
        }
        else if (FirstCallOfOwnSpace(call, context.ContainingSymbol, callback, sdk) is { } recursion)
        {
            Report(context, call, callback, recursion, $"calls '{MemberName.Of(recursion.TargetMethod)}' of its own space", "decide by the arguments and the allocator's own state");
        }
    }

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, Callback callback, IOperation operation, string mistake, string remedy) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.UnfitCallback,
            (call.Syntax.Span.Contains(operation.Syntax.Span) ? operation : callback.Written).Syntax.GetLocation(),
            callback.Role.ToString().ToLowerInvariant(),
            MemberName.Of(call.TargetMethod),
            mistake,
            remedy));

    private static string RemedyFor(CallbackRole role) => role is CallbackRole.Getter ? "look at the data only, and wait after the lookup" : QueueInstead;

    /// <summary>Returns the first wait in the order of the code, unless the callback first tests whether a wait is necessary.</summary>
    private static IOperation? FirstWait(Callback callback, BlockingCalls blocking)
    {
        IOperation[] waits = [.. callback.Operations().Where(operation => blocking.MemberOf(operation) is not null).OrderBy(operation => operation.Syntax.SpanStart)];
        return waits.Length > 0 && !callback.Operations().Any(AsksWhetherDone) ? waits[0] : null;
    }

    private static bool AsksWhetherDone(IOperation operation) =>
        operation is IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "IsSet" };

    private static IInvocationOperation? FirstCallOfOwnSpace(IInvocationOperation create, ISymbol containing, Callback callback, SdkSymbols sdk)
    {
        ISymbol[] served = [.. ValuePlaces.Of(create, containing).Select(place => SpaceRegisteredWith(place, sdk)).OfType<ISymbol>()];
        return callback.Operations()
            .OfType<IInvocationOperation>()
            .Where(call => sdk.Space.Is(call.TargetMethod.ContainingType) && served.Contains(SymbolOf(call.Instance), SymbolEqualityComparer.Default))
            .OrderBy(call => call.Syntax.SpanStart)
            .FirstOrDefault();
    }

    private static ISymbol? SpaceRegisteredWith(IOperation allocator, SdkSymbols sdk) =>
        allocator.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "RegisterAllocator", ContainingType: var type } } call } && sdk.Space.Is(type)
            ? SymbolOf(call.Instance)
            : null;

    /// <summary>Returns the symbol that names a space for as long as a method runs: a variable, or a member of this very object.</summary>
    private static ISymbol? SymbolOf(IOperation? space) => space switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } member => member.Member,
        _ => null,
    };
}
