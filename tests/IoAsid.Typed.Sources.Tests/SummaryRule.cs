using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The first words of a summary follow from the kind of the member, by the table "XML documentation" in <c>docs/style.md</c>.</summary>
internal static partial class SummaryRule
{
    // Words that end with "s" and are no verbs, and verbs of a state instead of an action.
    private static readonly HashSet<string> s_noVerbs = ["This", "Its", "Is", "Has", "Does", "Was", "As", "Always", "Thus", "Us", "Less", "Perhaps", "Unless", "Besides", "Sometimes"];

    // Verbs that must not begin the summary of a property or a type, which begins with a noun.
    private static readonly HashSet<string> s_verbs =
    [
        "Are", "Asks", "Can", "Decides", "Describes", "Does", "Finds", "Gets", "Gives", "Has", "Holds", "Is", "Keeps", "Lets", "Looks", "Makes", "May", "Must",
        "Represents", "Returns", "Says", "Sees", "Sets", "Shows", "Stands", "Takes", "Tells", "Turns", "Waits", "Was", "Watches",
    ];

    public static IEnumerable<string> Violations(SourceFile file) =>
        from comment in file.Root.DescendantNodes(descendIntoTrivia: true).OfType<DocumentationCommentTriviaSyntax>()
        let member = comment.ParentTrivia.Token.Parent?.AncestorsAndSelf().FirstOrDefault(node => node is MemberDeclarationSyntax)
        let summary = comment.Content.OfType<XmlElementSyntax>().FirstOrDefault(element => element.StartTag.Name.ToString() == "summary")
        where member is not null && summary is not null
        let expected = Expected(member, Text(summary).Trim())
        where expected is not null
        select $"{file.Describe(summary)} [{expected}]";

    // Returns the expected first words, or null if the summary begins with them.
    private static string? Expected(SyntaxNode member, string summary) => member switch
    {
        MethodDeclarationSyntax method when TestNameRule.IsTest(method) => null,
        MethodDeclarationSyntax method when IsTry(method) => Begins(summary, "Tries to "),
        MethodDeclarationSyntax method when IsPredicate(method) => Begins(summary, "Returns true if "),
        BaseMethodDeclarationSyntax => ThirdPerson().Match(summary) is { Success: true } verb && !s_noVerbs.Contains(verb.Value) ? null : "a verb in the third person",
        BasePropertyDeclarationSyntax property when FieldName().IsMatch(summary) && property is PropertyDeclarationSyntax => null,
        PropertyDeclarationSyntax { Type: PredefinedTypeSyntax type } when type.Keyword.IsKind(SyntaxKind.BoolKeyword) => IsGetter().IsMatch(summary) ? null : "Gets a value indicating whether",
        EventFieldDeclarationSyntax or EventDeclarationSyntax => Begins(summary, "Raised when "),
        BasePropertyDeclarationSyntax or BaseTypeDeclarationSyntax or DelegateDeclarationSyntax =>
            s_verbs.Contains(FirstWord(summary)) || Clause().IsMatch(summary) ? "a noun phrase" : null,
        EnumMemberDeclarationSyntax => Question().IsMatch(summary) ? "a noun phrase or a sentence" : null,
        _ => null,
    };

    private static string? Begins(string summary, string words) => summary.StartsWith(words, StringComparison.Ordinal) ? null : words.TrimEnd();

    private static bool IsTry(MethodDeclarationSyntax method) =>
        TryName().IsMatch(method.Identifier.ValueText) && method.ReturnType.ToString() is "bool" or "Task<bool>" or "ValueTask<bool>";

    private static bool IsPredicate(MethodDeclarationSyntax method) => method.ReturnType.ToString() == "bool" && PredicateName().IsMatch(method.Identifier.ValueText);

    private static string FirstWord(string summary) => Word().Match(summary).Value;

    // The text of an element, with the names that references show.
    private static string Text(XmlNodeSyntax node) => node switch
    {
        XmlTextSyntax text => string.Concat(text.TextTokens.Select(token => token.ValueText)),
        XmlElementSyntax element => string.Concat(element.Content.Select(Text)),
        XmlEmptyElementSyntax element => string.Concat(element.Attributes.Select(attribute => attribute switch
        {
            XmlCrefAttributeSyntax cref => cref.Cref.ToString(),
            XmlNameAttributeSyntax name => name.Identifier.ToString(),
            XmlTextAttributeSyntax text => string.Concat(text.TextTokens.Select(token => token.ValueText)),
            _ => "",
        })),
        _ => "",
    };

    [GeneratedRegex("^[A-Z][a-z]*s(?= |$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ThirdPerson();

    // A plural in an enumeration of nouns, as in "Holds, references and bindings.", ends with a comma.
    [GeneratedRegex("^[A-Za-z]+(?!,)\\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();

    [GeneratedRegex("^Gets (or sets )?a value indicating whether ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IsGetter();

    // A field of a layout begins with its name in the specification: "PWSNP: ", "FSPTPTR/SSPTPTR: ".
    [GeneratedRegex("^[A-Z][A-Za-z0-9_./\\[\\]]*: ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldName();

    [GeneratedRegex("^(How|What|When|Where|Whether|Which|Who|Why)(ever)?\\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Question();

    [GeneratedRegex("^(If|It|There|How|What|When|Where|Whether|Which|Who|Why)(ever)?\\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clause();

    [GeneratedRegex("^Try[A-Z]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TryName();

    [GeneratedRegex("^(Is|Are|Has|Have|Can|May|Must|Should|Was|Were|Does|Contains|Covers|Equals|Matches|Needs)([A-Z]|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PredicateName();
}
