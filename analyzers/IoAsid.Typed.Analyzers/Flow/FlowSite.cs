using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>An operation and its place in a graph.</summary>
internal readonly struct FlowSite(BasicBlock block, int position, IOperation operation)
{
    public BasicBlock Block => block;

    /// <summary>The position among the operations of the block, in order of evaluation.</summary>
    public int Position => position;

    public IOperation Operation => operation;
}
