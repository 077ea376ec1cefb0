using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>An action at a call.</summary>
internal delegate void CallAction(OperationAnalysisContext context, IInvocationOperation call);

/// <summary>
/// The actions of rules at calls of a compilation. One look at a call, at the names of its method and of the type that it gives, finds all rules that it concerns. If the
/// compiler called each rule at each call, these calls would cost more than all rules.
/// </summary>
internal sealed class CallActions(CompilationStartAnalysisContext start)
{
    private readonly Dictionary<string, CallAction> _byMethod = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CallAction> _byResult = new(StringComparer.Ordinal);
    private CallAction? _everywhere;

    public Compilation Compilation => start.Compilation;

    public AnalyzerOptions Options => start.Options;

    /// <summary>Registers an action at calls of methods with these names.</summary>
    public void Of(IEnumerable<string> methods, CallAction action) => Add(_byMethod, methods, action);

    /// <summary>Registers an action at calls that give a value of a type with one of these names.</summary>
    public void Giving(IEnumerable<string> types, CallAction action) => Add(_byResult, types, action);

    /// <summary>Registers an action at every call, for a rule that no name selects.</summary>
    public void Everywhere(CallAction action) => _everywhere += action;

    /// <summary>Registers an action at operations of other kinds. There should be few of them.</summary>
    public void At(Action<OperationAnalysisContext> action, params ImmutableArray<OperationKind> kinds) => start.RegisterOperationAction(action, kinds);

    /// <summary>Registers all actions with the compiler.</summary>
    public void Start() => start.RegisterOperationAction(Dispatch, OperationKind.Invocation);

    private static void Add(Dictionary<string, CallAction> actions, IEnumerable<string> names, CallAction action)
    {
        foreach (string name in names)
            actions[name] = actions.TryGetValue(name, out CallAction? others) ? others + action : action;
    }

    private void Dispatch(OperationAnalysisContext context)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        _everywhere?.Invoke(context, call);
        if (_byMethod.TryGetValue(call.TargetMethod.Name, out CallAction? ofMethod))
            ofMethod(context, call);

        if (_byResult.Count > 0 && call.Type is { } type && _byResult.TryGetValue(type.Name, out CallAction? ofResult))
            ofResult(context, call);
    }
}
