using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>All sites, in the order in which they were found: a site's place is the number by which the mutated assembly knows it.</summary>
internal sealed partial class SiteBook
{
    private const int LongestText = 140;

    private readonly List<MutationSite> _sites = [];
    private readonly Dictionary<(string, string, MutationOperator, string), int> _ordinals = [];

    public IReadOnlyList<MutationSite> Sites => _sites;

    public int Add(string file, SyntaxNode node, MutationOperator @operator)
    {
        string text = Spaces().Replace(node.ToString(), " ");
        text = text.Length <= LongestText ? text : text[..LongestText] + "…";
        string member = MemberOf(node);
        int ordinal = _ordinals[(file, member, @operator, text)] = _ordinals.GetValueOrDefault((file, member, @operator, text)) + 1;
        _sites.Add(new MutationSite(file, member, @operator, text, ordinal));
        return _sites.Count - 1;
    }

    private static string MemberOf(SyntaxNode node)
    {
        IEnumerable<string> names = node.Ancestors().Select(NameOf).Where(name => name.Length > 0).Reverse();
        return string.Join('.', names);
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        ConstructorDeclarationSyntax => "ctor",
        IndexerDeclarationSyntax => "this",
        EventDeclarationSyntax @event => @event.Identifier.Text,
        _ => "",
    };

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Spaces();
}
