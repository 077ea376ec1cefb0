using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The locals and parameters of a body that a lambda or local function shares with the function around it, or takes the address of.</summary>
internal sealed class SharedNames
{
    private readonly HashSet<ISymbol> _shared = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);

    public SharedNames(IOperation body)
    {
        Stack<(IOperation Operation, IMethodSymbol? Function)> open = new([(body, null)]);
        while (open.Count > 0)
        {
            (IOperation operation, IMethodSymbol? function) = open.Pop();
            if (NameIn(operation) is { } name && (IsOfAnother(name, function) || operation.Parent is IAddressOfOperation))
            {
                _shared.Add(name);
                if (Ways.IsWritten(operation))
                    _written.Add(name);
            }

            IMethodSymbol? within = Ways.FunctionOf(operation) ?? function;
            foreach (IOperation child in operation.ChildOperations)
                open.Push((child, within));
        }
    }

    public bool Contains(ISymbol name) => _shared.Contains(name);

    /// <summary>Returns true if a function other than the one that declares a name may write it.</summary>
    public bool AreWritten(ISymbol name) => _written.Contains(name);

    private static bool IsOfAnother(ISymbol name, IMethodSymbol? function) =>
        function is not null && !SymbolEqualityComparer.Default.Equals(name.ContainingSymbol, function);

    private static ISymbol? NameIn(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };
}
