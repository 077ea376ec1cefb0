using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Something found out by walking a body: once, however many rules and places ask, so that a huge method costs no more than its size.</summary>
internal sealed class PerBody<T>(Func<IOperation, T> walk)
    where T : class
{
    private readonly ConditionalWeakTable<IOperation, T> _known = new();

    /// <summary>Returns what was found in the body around an operation: a member's, with its lambdas and local functions.</summary>
    public T Around(IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;

        return _known.GetValue(operation, body => walk(body));
    }
}
