using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>A rule about paths, for one compilation.</summary>
internal abstract class FlowRule
{
    /// <summary>The kinds of operations among which the rule looks for a reason to look closer.</summary>
    public abstract ImmutableArray<OperationKind> Kinds { get; }

    /// <summary>Returns true if a method may need a closer look. The test is cheap.</summary>
    public virtual bool IsOfInterest(IMethodSymbol method) => false;

    /// <summary>Returns true if a body is worth a closer look for an operation in it; cheap.</summary>
    public abstract bool IsOfInterest(IOperation operation);

    /// <summary>Returns true if a body must be judged by its paths, because its text is not enough.</summary>
    /// <param name="found">All operations of the body that are of interest.</param>
    public virtual bool NeedsPaths(ImmutableArray<IOperation> found) => true;

    /// <summary>Looks closer at one function.</summary>
    public abstract void Analyze(FlowGraph graph, FlowBudget budget, Action<Diagnostic> report);
}
