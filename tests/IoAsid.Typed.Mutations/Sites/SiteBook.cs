using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Mutations;

/// <summary>All sites, in the order in which they were found. The index of a site is its number in the mutated assembly.</summary>
/// <param name="folder">The beginning of paths, which messages omit.</param>
internal sealed partial class SiteBook(string folder)
{
    private const int LongestCode = 140;

    private readonly List<MutationSite> _sites = [];
    private readonly Dictionary<SyntaxNode, MutatedMember> _members = [];
    private readonly Dictionary<string, int> _namesakes = new(StringComparer.Ordinal);

    public IReadOnlyList<MutationSite> Sites => _sites;

    public int Add(SyntaxNode node, MutationOperator @operator)
    {
        string code = Spaces().Replace(node.ToString(), " ");
        _sites.Add(new MutationSite(
            MemberOf(node), @operator, SyntaxShape.Of(node), node.Span, PlaceOf(node), code.Length <= LongestCode ? code : code[..LongestCode] + "…"));
        return _sites.Count - 1;
    }

    private MutatedMember MemberOf(SyntaxNode node)
    {
        SyntaxNode declaration = node.Ancestors().First(ancestor => NameOf(ancestor).Length > 0);
        if (_members.TryGetValue(declaration, out MutatedMember? known))
            return known;
        string name = string.Join('.', declaration.AncestorsAndSelf().Select(NameOf).Where(part => part.Length > 0).Reverse());
        int count = _namesakes[name] = _namesakes.GetValueOrDefault(name) + 1;
        string unique = count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}~{count}");
        return _members[declaration] = new MutatedMember(unique, SyntaxShape.FingerprintOf(declaration));
    }

    private string PlaceOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return string.Create(CultureInfo.InvariantCulture, $"{span.Path[folder.Length..]}:{span.StartLinePosition.Line + 1}");
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        ConstructorDeclarationSyntax => "ctor",
        DestructorDeclarationSyntax => "finalizer",
        IndexerDeclarationSyntax => "this",
        EventDeclarationSyntax @event => @event.Identifier.Text,
        OperatorDeclarationSyntax @operator => "operator " + @operator.OperatorToken.Text,
        ConversionOperatorDeclarationSyntax conversion => conversion.ImplicitOrExplicitKeyword.Text,
        VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field => field.Identifier.Text,
        _ => "",
    };

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Spaces();
}
