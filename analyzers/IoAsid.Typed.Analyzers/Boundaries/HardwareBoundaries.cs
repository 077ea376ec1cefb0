using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The code with the mark <c>[HardwareBoundary]</c>: the member, lambda or local function itself, or code around it.</summary>
internal sealed class HardwareBoundaries
{
    private readonly Marks _marks;
    private readonly Memo<ISymbol, bool> _contains;

    public HardwareBoundaries(SdkSymbols sdk, Compilation compilation)
    {
        _marks = new(sdk.HardwareBoundaryAttribute, compilation);
        _contains = new(IsMarkedOrInside, SymbolEqualityComparer.Default);
    }

    public bool Contains(ISymbol symbol) => _contains[symbol];

    public bool Contains(IOperation operation, ISymbol member)
    {
        for (IOperation? outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (Ways.FunctionOf(outer) is { } function && _marks.Bears(function))
                return true;
        }

        return Contains(member);
    }

    private bool IsMarkedOrInside(ISymbol symbol) =>
        _marks.Bears(symbol) || (symbol is IPropertySymbol property && BackingFieldOf(property) is { } field && _marks.Bears(field)) || (CallStack.HasRoom() && Around(symbol) is { } around && _contains[around]);

    private static IFieldSymbol? BackingFieldOf(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    /// <summary>Returns the symbol around another. An accessor is inside its property, a member inside its type, and everything is in the assembly. Namespaces bear no marks.</summary>
    private static ISymbol? Around(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { AssociatedSymbol: { } property } => property,
        IFieldSymbol { AssociatedSymbol: { } property } => property,
        { ContainingSymbol: INamespaceSymbol } => symbol.ContainingAssembly,
        _ => symbol.ContainingSymbol,
    };
}
