using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The base of rules about paths. A graph is made only of a body in which operations are of interest and cannot be judged without; all
/// analyzers of a compilation share it.
/// </summary>
public abstract class FlowAnalyzer : IoAsidAnalyzer
{
    private protected FlowAnalyzer(params DiagnosticDescriptor[] descriptors)
        : base(descriptors)
    {
    }

    /// <summary>Returns the rule as it is for one compilation; null if there is nothing to look for.</summary>
    private protected abstract FlowRule? RuleFor(SdkSymbols sdk, Compilation compilation);

    private protected sealed override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        if (RuleFor(sdk, context.Compilation) is { } rule)
            context.RegisterOperationBlockStartAction(block => Register(block, rule));
    }

    private static void Register(OperationBlockStartAnalysisContext context, FlowRule rule)
    {
        ConcurrentQueue<IOperation>? found = null;
        context.RegisterOperationAction(
            operation =>
            {
                if (rule.IsOfInterest(operation.Operation))
                    LazyInitializer.EnsureInitialized(ref found)!.Enqueue(operation.Operation);
            },
            rule.Kinds);
        context.RegisterOperationBlockEndAction(end =>
        {
            if ((end.OwningSymbol is IMethodSymbol method && rule.IsOfInterest(method)) || (found is not null && rule.NeedsPaths([.. found])))
                Analyze(end, rule);
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, FlowRule rule)
    {
        foreach (FlowGraph graph in context.OperationBlocks.Select(FlowGraph.RootOf).Distinct().SelectMany(body => FlowGraph.AllAround(body, context.OwningSymbol)))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            rule.Analyze(graph, FlowBudget.For(graph.Blocks.Length), context.ReportDiagnostic);
        }
    }
}
