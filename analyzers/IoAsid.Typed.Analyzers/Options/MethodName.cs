using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// A member named by a user: by documentation id, or by a path that ends in <c>Type.Member</c>. A path without type arguments names the member in all generic types of that name.
/// </summary>
internal sealed class MethodName
{
    /// <summary>The path of an indexer ends in this, as messages print it.</summary>
    private const string Indexer = "this[]";

    private readonly string _text;
    private readonly bool _isDocumentationId;
    private readonly ImmutableArray<PathPart> _path;

    private MethodName(string text)
    {
        _text = text;
        _isDocumentationId = text.Length > 2 && text[1] == ':';
        _path = PathPart.Parse(_isDocumentationId ? text.Substring(2).Split('(', '~')[0] : text);
        Name = _path[_path.Length - 1].Name;
    }

    /// <summary>The bare name, a cheap first test.</summary>
    public string Name { get; }

    /// <summary>Gets a value indicating whether this can be the name of anything: a path of identifiers, or a documentation id of a method, property or delegate.</summary>
    public bool IsWellFormed => _isDocumentationId
        ? _text[0] is 'M' or 'P' or 'T' && _path.All(part => part.Name.Length > 0)
        : _path.Length > 1 && _path.Take(_path.Length - 1).All(part => SyntaxFacts.IsValidIdentifier(part.Name)) && IsMember(_path[_path.Length - 1]);

    /// <summary>Reads a list; names are separated by <c>|</c> or, outside parentheses, by commas (a semicolon begins a comment).</summary>
    public static ImmutableArray<MethodName> ParseList(string list)
    {
        ImmutableArray<MethodName>.Builder names = ImmutableArray.CreateBuilder<MethodName>();
        foreach (string text in Split(list))
        {
            if (text.Trim() is { Length: > 0 } trimmed)
                names.Add(new MethodName(trimmed));
        }

        return names.ToImmutable();
    }

    /// <summary>Returns true if a member, as it is used, has this name, or a member that it overrides or implements has.</summary>
    public bool Covers(ISymbol member) =>
        Names(member) || (member is IMethodSymbol or IPropertySymbol && CallStack.HasRoom() && Marks.Originals(member).Any(original => original is IMethodSymbol or IPropertySymbol && Covers(original)));

    private bool Names(ISymbol member) => IsNameOf(member) && (_isDocumentationId
        ? DocumentationIdsOf(member.OriginalDefinition).Contains(_text, StringComparer.Ordinal)
        : IsPathOf(member));

    /// <summary>
    /// Returns the type of the name if the compilation has the type without such a member; null if the member exists, or if the type is unknown, because another project
    /// that shares the file may have it.
    /// </summary>
    public INamedTypeSymbol? TypeWithoutIt(Compilation compilation)
    {
        if (_path.Length < 2)
            return null;

        INamedTypeSymbol[] types = [.. TypesNamed(compilation)];
        return types.Length == 0 || Array.Exists(types, type => MembersOf(type).Any(NamesDefinition)) ? null : types[0];
    }

    public override string ToString() => _text;

    /// <summary>Returns the type around a member: an extension block has no name, and its members go by the class around it.</summary>
    internal static INamedTypeSymbol? NamedTypeAround(ISymbol member)
    {
        INamedTypeSymbol? type = member.ContainingType;
        while (type is { Name.Length: 0, ContainingType: { } outer })
            type = outer;

        return type;
    }

    /// <summary>
    /// Returns the documentation ids of a member. In the id of a member of an extension block the compiler names the block by a number that appears in no source. So such a member also has
    /// the id of the static method that the compiler makes of it, and a property by the class around it.
    /// </summary>
    private static IEnumerable<string> DocumentationIdsOf(ISymbol member)
    {
        if (member.GetDocumentationCommentId() is { } id)
            yield return id;

        if (member is not { ContainingType: { IsExtension: true, ContainingType: { } around } })
            yield break;

        if (member is IMethodSymbol { AssociatedExtensionImplementation: { } implementation } && implementation.GetDocumentationCommentId() is { } implemented)
            yield return implemented;

        if (member is IPropertySymbol && around.GetDocumentationCommentId() is { } type)
            yield return $"P:{type.Substring(2)}.{member.Name}";
    }

    private static bool IsMember(PathPart part) =>
        part.Arguments.IsEmpty && (string.Equals(part.Name, Indexer, StringComparison.Ordinal) || SyntaxFacts.IsValidIdentifier(part.Name));

    /// <summary>Returns true if a member has a name. An indexer also has the name that it has outside C#, which is mostly <c>Item</c>.</summary>
    private bool IsNameOf(ISymbol member) => string.Equals(member.Name, Name, StringComparison.Ordinal)
        || (member is IPropertySymbol { IsIndexer: true } && string.Equals(member.MetadataName, Name, StringComparison.Ordinal));

    private bool NamesDefinition(ISymbol definition) => IsNameOf(definition)
        && (_isDocumentationId ? DocumentationIdsOf(definition).Contains(_text, StringComparer.Ordinal) : MatchesAround(definition, ofDefinition: true));

    private bool IsPathOf(ISymbol member) => MatchesAround(member, ofDefinition: false);

    /// <summary>Returns true if the parts before the name match the types and namespaces around a member, from the inside. The path may begin at any of them.</summary>
    private bool MatchesAround(ISymbol member, bool ofDefinition)
    {
        ISymbol? around = (ISymbol?)NamedTypeAround(member) ?? member.ContainingNamespace;
        for (int part = _path.Length - 2; part >= 0; part--)
        {
            if (around is null or INamespaceSymbol { IsGlobalNamespace: true } || !_path[part].Matches(around, ofDefinition))
                return false;

            around = (ISymbol?)around.ContainingType ?? around.ContainingNamespace;
        }

        return true;
    }

    private static IEnumerable<ISymbol> MembersOf(INamedTypeSymbol type) =>
        type.GetMembers().Concat(type.GetTypeMembers().Where(block => block.Name.Length == 0).SelectMany(block => block.GetMembers()));

    /// <summary>Returns the types of the path, of any arity: from the global namespace, or a type of the project in any namespace.</summary>
    private IEnumerable<INamedTypeSymbol> TypesNamed(Compilation compilation)
    {
        IEnumerable<INamespaceOrTypeSymbol> found = [compilation.GlobalNamespace];
        foreach (PathPart part in _path.Take(_path.Length - 1))
            found = found.SelectMany(outer => outer.GetMembers(part.Name)).OfType<INamespaceOrTypeSymbol>().ToArray();

        INamedTypeSymbol[] types = [.. found.OfType<INamedTypeSymbol>()];
        return types.Length > 0 || _isDocumentationId ? types : OwnTypes(compilation);
    }

    private IEnumerable<INamedTypeSymbol> OwnTypes(Compilation compilation) =>
        compilation.GetSymbolsWithName(_path[_path.Length - 2].Name, SymbolFilter.Type)
            .OfType<INamedTypeSymbol>()
            .Where(type => _path.Length == 2 || PathEndsAt(type));

    private bool PathEndsAt(INamedTypeSymbol type)
    {
        ISymbol? around = type;
        for (int part = _path.Length - 2; part >= 0; part--)
        {
            if (around is null || !string.Equals(around.Name, _path[part].Name, StringComparison.Ordinal))
                return false;

            around = (ISymbol?)around.ContainingType ?? around.ContainingNamespace;
        }

        return true;
    }

    private static IEnumerable<string> Split(string list)
    {
        int start = 0;
        int depth = 0;
        for (int i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '(' or '{' or '[' or '<' => 1, ')' or '}' or ']' or '>' => -1, _ => 0 };
            if (list[i] is '|' || (list[i] is ',' && depth <= 0))
            {
                yield return list.Substring(start, i - start);
                start = i + 1;
                depth = 0;
            }
        }

        yield return list.Substring(start);
    }
}
