using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>A result of one walk of a body, shared by all rules and places, so that the cost of a huge method is that of its size.</summary>
internal sealed class PerBody<T>(Func<IOperation, T> walk)
    where T : class
{
    private readonly ConditionalWeakTable<IOperation, T> _known = new();

    /// <summary>Returns the result for the body around an operation: the body of a member, with its lambdas and local functions.</summary>
    public T Around(IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;

        return _known.GetValue(operation, body => walk(body));
    }
}
