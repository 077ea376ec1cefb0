using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Options;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>Knows which members of a compilation are untyped lookups: the marked ones, and those an option names.</summary>
internal sealed class UntypedLookupCatalog
{
    private readonly Memo<ISymbol, bool> _isMarked;
    private readonly Memo<INamedTypeSymbol, ImmutableArray<ISymbol>> _markedMembers;
    private readonly Memo<IAssemblySymbol, bool> _reachesSdk;
    private readonly Memo<SyntaxTree, ImmutableArray<MethodName>> _named;

    public UntypedLookupCatalog(SdkSymbols sdk, AnalyzerConfigOptionsProvider options)
    {
        Sdk = sdk;
        _isMarked = new(IsMarkedSomewhere, SymbolEqualityComparer.Default);
        _markedMembers = new(contract => [.. contract.GetMembers().Where(IsMarked)], SymbolEqualityComparer.Default);
        _reachesSdk = new(ReachesSdk, SymbolEqualityComparer.Default);
        _named = new(tree => new IoAsidOptions(options.GetOptions(tree)).UntypedLookupMethods, EqualityComparer<SyntaxTree>.Default);
    }

    public SdkSymbols Sdk { get; }

    /// <summary>Whether using this member, as written in this file, is an untyped lookup.</summary>
    public bool Contains(ISymbol member, SyntaxTree usedIn)
    {
        ISymbol definition = Definition(member);
        return IsMarked(definition) || IsNamed(definition, usedIn);
    }

    /// <summary>
    /// Whether any operator of this compilation can be an untyped lookup. Hardly ever; so a rule need not look at every conversion and sum there is.
    /// </summary>
    public bool HasOperators(Compilation compilation) =>
        compilation.SourceModule.ReferencedAssemblySymbols
            .Prepend(compilation.Assembly)
            .Where(assembly => _reachesSdk[assembly])
            .Any(assembly => DeclaredOperators.Of(assembly).Any(IsMarked))
        || compilation.SyntaxTrees.Any(tree => _named[tree].Any(method => DeclaredOperators.IsNameOfOne(method.Name)));

    /// <summary>A reduced or constructed form stands for the member as it was declared.</summary>
    private static ISymbol Definition(ISymbol member) =>
        member is IMethodSymbol { ReducedFrom: { } unreduced } ? unreduced.OriginalDefinition : member.OriginalDefinition;

    private bool IsNamed(ISymbol definition, SyntaxTree usedIn)
    {
        foreach (MethodName name in _named[usedIn])
        {
            if (name.Names(definition))
                return true;
        }

        return false;
    }

    private bool IsMarked(ISymbol definition) =>
        definition.ContainingAssembly is { } assembly
        && _reachesSdk[assembly]
        && _isMarked[definition];

    /// <summary>The mark counts on the member, on what it overrides or implements, and on the getter of a property.</summary>
    private bool IsMarkedSomewhere(ISymbol definition) =>
        HasMark(definition)
        || (definition is IPropertySymbol { GetMethod: { } getter } && HasMark(getter))
        || Overridden(definition) is { } overridden && IsMarkedSomewhere(overridden.OriginalDefinition)
        || MarkedContractsOf(definition).Any();

    private bool HasMark(ISymbol symbol)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (Sdk.UntypedLookupAttribute.Is(attribute.AttributeClass))
                return true;
        }

        return false;
    }

    private static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        _ => null,
    };

    /// <summary>
    /// The marked interface members that a member of a class or struct implements, explicitly or by its name. Interfaces without a mark, the
    /// framework's above all, cost one question each.
    /// </summary>
    private IEnumerable<ISymbol> MarkedContractsOf(ISymbol member) =>
        member.ContainingType is { TypeKind: TypeKind.Class or TypeKind.Struct } type
            ? type.AllInterfaces
                .Where(contract => !MarkedMembersOf(contract).IsEmpty)
                .SelectMany(contract => contract.GetMembers())
                .Where(promised => promised.Kind == member.Kind
                    && member.Name.EndsWith(promised.Name, StringComparison.Ordinal)
                    && IsMarked(promised.OriginalDefinition)
                    && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(promised), member))
            : [];

    private ImmutableArray<ISymbol> MarkedMembersOf(INamedTypeSymbol contract) =>
        contract.ContainingAssembly is { } assembly && _reachesSdk[assembly] ? _markedMembers[contract.OriginalDefinition] : [];

    /// <summary>Only an assembly that refers to the SDK, however far away, can have a mark; this keeps the framework's out cheaply.</summary>
    private bool ReachesSdk(IAssemblySymbol start)
    {
        HashSet<IAssemblySymbol> seen = new(SymbolEqualityComparer.Default) { start };
        Stack<IAssemblySymbol> open = new(seen);
        while (open.Count > 0)
        {
            IAssemblySymbol assembly = open.Pop();
            if (Sdk.UntypedLookupAttribute.Definitions.Any(mark => SymbolEqualityComparer.Default.Equals(mark.ContainingAssembly, assembly)))
                return true;

            foreach (IAssemblySymbol referenced in assembly.Modules.SelectMany(module => module.ReferencedAssemblySymbols).Where(seen.Add))
                open.Push(referenced);
        }

        return false;
    }
}
