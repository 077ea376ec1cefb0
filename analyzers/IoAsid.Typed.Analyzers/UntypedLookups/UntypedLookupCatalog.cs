using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>Knows which members of a compilation are untyped lookups: the marked ones, and those an option names.</summary>
internal sealed class UntypedLookupCatalog
{
    private readonly Marks _marks;
    private readonly Memo<SyntaxTree, ImmutableArray<MethodName>> _named;
    private readonly ImmutableHashSet<string> _allNamed;

    public UntypedLookupCatalog(SdkSymbols sdk, Compilation compilation, AnalyzerConfigOptionsProvider options)
    {
        Sdk = sdk;
        _marks = new(sdk.UntypedLookupAttribute, compilation);
        _named = new(tree => new IoAsidOptions(options.GetOptions(tree)).UntypedLookupMethods, EqualityComparer<SyntaxTree>.Default);
        _allNamed = [.. compilation.SyntaxTrees.SelectMany(tree => _named[tree]).Select(method => method.Name)];
    }

    public SdkSymbols Sdk { get; }

    /// <summary>
    /// Gets a value indicating whether any operator of this compilation can be an untyped lookup. Hardly ever; so a rule need not look at every conversion and sum there is.
    /// </summary>
    public bool HasOperators => _marks.AreOnOperators || _allNamed.Any(name => name.StartsWith("op_", StringComparison.Ordinal));

    /// <summary>Gets a value indicating whether any property can be an untyped lookup.</summary>
    public bool HasProperties => _marks.AreOnProperties || !_allNamed.IsEmpty;

    /// <summary>The names of all methods that can be untyped lookups, that of a delegate's call included; null if any method can.</summary>
    public IEnumerable<string>? MethodNames => _allNamed.IsEmpty ? _marks.Names?.Append(WellKnownMemberNames.DelegateInvokeName).Distinct(StringComparer.Ordinal) : null;

    /// <summary>Returns true if using this member, as written in this file, is an untyped lookup.</summary>
    public bool Contains(ISymbol member, SyntaxTree usedIn) => _marks.On(Declared(member)) || IsNamed(member, usedIn);

    /// <summary>Returns the member as it was declared, for which a reduced form stands.</summary>
    private static ISymbol Declared(ISymbol member) => member is IMethodSymbol { ReducedFrom: { } unreduced } ? unreduced : member;

    private bool IsNamed(ISymbol member, SyntaxTree usedIn)
    {
        if (_allNamed.IsEmpty || !MayBeNamed(member))
            return false;

        ISymbol declared = Declared(member);
        foreach (MethodName name in _named[usedIn])
        {
            if (name.Covers(declared))
                return true;
        }

        return false;
    }

    /// <summary>Returns true if a member may be an untyped lookup by its name alone.</summary>
    private bool MayBeNamed(ISymbol member) => _allNamed.Contains(member.Name)
        || (member is IPropertySymbol property && ((property.IsIndexer && _allNamed.Contains(member.MetadataName)) || (property.GetMethod is { } getter && _allNamed.Contains(getter.Name))));
}
