using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Mutations;

/// <summary>
/// The shape of code, without names, types, texts, comments, modifiers and braces around one statement. Names become letters in the order of their
/// first use, so <c>_areas[at].Covers(next)</c> and <c>_ranges[index].Contains(page)</c> have the shape <c>a[b].c(d)</c>, and <c>f(x, x)</c> differs from
/// <c>f(x, y)</c>.
/// </summary>
internal sealed class SyntaxShape : CSharpSyntaxWalker
{
    private const int LongestShape = 80;
    private const int FingerprintBytes = 4;
    private const int Letters = 26;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private SyntaxShape()
        : base(SyntaxWalkerDepth.Token)
    {
    }

    /// <summary>Returns the shape of a node, shortened.</summary>
    public static string Of(SyntaxNode node)
    {
        string shape = Write(node);
        return shape.Length <= LongestShape ? shape : shape[..LongestShape] + "…";
    }

    /// <summary>Returns a hash of the shape of a member. The fingerprint of a type is that of the arguments of its base class.</summary>
    public static string FingerprintOf(SyntaxNode member)
    {
        string shape = member is BaseTypeDeclarationSyntax type ? type.BaseList is { } bases ? Write(bases) : "" : Write(member);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shape)).AsSpan(0, FingerprintBytes));
    }

    public override void Visit(SyntaxNode? node)
    {
        if (node is ExpressionSyntax type && SyntaxFacts.IsInTypeOnlyContext(type))
            Append("T");
        else
            base.Visit(node);
    }

    public override void VisitAttributeList(AttributeListSyntax node)
    {
    }

    public override void VisitBlock(BlockSyntax node)
    {
        bool isEmbedded = node.Parent is StatementSyntax and not BlockSyntax or ElseClauseSyntax;
        if (isEmbedded && node.Statements is [var only])
            Visit(only);
        else
            base.VisitBlock(node);
    }

    public override void VisitObjectCreationExpression(ObjectCreationExpressionSyntax node) => Create(node);

    public override void VisitImplicitObjectCreationExpression(ImplicitObjectCreationExpressionSyntax node) => Create(node);

    public override void VisitToken(SyntaxToken token)
    {
        if (token.Parent is MemberDeclarationSyntax member && member.Modifiers.Contains(token))
            return;
        Append(token.Kind() switch
        {
            SyntaxKind.IdentifierToken when token.Text == "_" => "_",
            SyntaxKind.IdentifierToken => LetterOf(token.ValueText),
            SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken => "\"\"",
            SyntaxKind.Utf8StringLiteralToken => "\"\"",
            SyntaxKind.InterpolatedStringTextToken => "",
            SyntaxKind.NumericLiteralToken => token.ValueText,
            _ when token.Parent is PredefinedTypeSyntax => LetterOf(token.Text),
            _ => token.Text,
        });
    }

    private static string Write(SyntaxNode node)
    {
        SyntaxShape shape = new();
        shape.Visit(node);
        return shape._text.ToString();
    }

    // "new T()", "new()" and "new T" before an initializer are the same.
    private void Create(BaseObjectCreationExpressionSyntax node)
    {
        Append("new");
        if (node.ArgumentList is { } arguments)
            Visit(arguments);
        else
            Append("()");
        if (node.Initializer is { } initializer)
            Visit(initializer);
    }

    private string LetterOf(string name)
    {
        if (!_names.TryGetValue(name, out string? letter))
            _names.Add(name, letter = LetterOf(_names.Count));
        return letter;
    }

    private static string LetterOf(int index)
    {
        char letter = (char)('a' + index % Letters);
        return index < Letters ? letter.ToString() : string.Create(CultureInfo.InvariantCulture, $"{letter}{index / Letters}");
    }

    private void Append(string token)
    {
        if (token.Length == 0)
            return;
        if (_text.Length > 0 && char.IsLetterOrDigit(_text[^1]) && char.IsLetterOrDigit(token[0]))
            _text.Append(' ');
        _text.Append(token);
    }
}
