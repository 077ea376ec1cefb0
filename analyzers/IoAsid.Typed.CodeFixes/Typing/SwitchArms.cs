using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Arms and sections for the subtypes that a switch misses, laid out as those that it has.</summary>
internal static class SwitchArms
{
    public static SwitchExpressionSyntax Add(SwitchExpressionSyntax expression, DataSwitch choice, SemanticModel model)
    {
        string exception = NotImplemented(model, expression.SpanStart);
        List<SyntaxNodeOrToken> parts = [.. expression.Arms.GetWithSeparators()];
        if (choice.Last == expression.Arms.Count)
            EndWithComma(parts);

        int at = Math.Min(choice.Last * 2, parts.Count);
        SyntaxTriviaList indentation = IndentationOf(expression.Arms[0]);
        SyntaxTriviaList gap = GapAfterComma(expression);
        foreach (INamedTypeSymbol subtype in choice.Missing)
        {
            string type = subtype.ToMinimalDisplayString(model, expression.SpanStart);
            SyntaxNode arm = ((SwitchExpressionSyntax)SyntaxFactory.ParseExpression($"0 switch {{ {type} => throw new {exception}() }}")).Arms[0];
            parts.Insert(at++, arm.WithoutTrivia().WithLeadingTrivia(indentation));
            parts.Insert(at++, SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(gap));
        }

        return expression.WithArms(SyntaxFactory.SeparatedList<SwitchExpressionArmSyntax>(parts));
    }

    public static SwitchStatementSyntax Add(SwitchStatementSyntax statement, DataSwitch choice, SemanticModel model)
    {
        string exception = NotImplemented(model, statement.SpanStart);
        string endOfLine = EndOfLine.In(statement.SyntaxTree.GetRoot()).ToString();
        string indentation = IndentationOf(statement.Sections[0]).ToFullString();
        SyntaxTriviaList body = IndentationOf(FirstStatementOf(statement.Sections[0]));
        IEnumerable<SwitchSectionSyntax> sections = choice.Missing.Select(subtype => Section(
            $"{indentation}case {subtype.ToMinimalDisplayString(model, statement.SpanStart)}:{endOfLine}{body.ToFullString()}throw new {exception}();{endOfLine}"));
        return statement.WithSections(statement.Sections.InsertRange(PositionOf(choice.Last, statement), sections));
    }

    private static StatementSyntax FirstStatementOf(SwitchSectionSyntax section) =>
        section.Statements[0] is BlockSyntax { Statements.Count: > 0 } block ? block.Statements[0] : section.Statements[0];

    private static SwitchSectionSyntax Section(string text) =>
        ((SwitchStatementSyntax)SyntaxFactory.ParseStatement($"switch (0)\n{{\n{text}}}")).Sections[0];

    /// <summary>Returns the section of a label.</summary>
    private static int PositionOf(int label, SwitchStatementSyntax statement)
    {
        int section = 0;
        while (section < statement.Sections.Count && (label -= statement.Sections[section].Labels.Count) >= 0)
            section++;

        return section;
    }

    /// <summary>Ends the last arm with a comma, after which the trivia behind the arm stands.</summary>
    private static void EndWithComma(List<SyntaxNodeOrToken> parts)
    {
        if (parts.Count % 2 == 0)
            return;

        SyntaxNode last = parts[parts.Count - 1].AsNode()!;
        parts[parts.Count - 1] = last.WithTrailingTrivia();
        parts.Add(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(last.GetTrailingTrivia()));
    }

    private static SyntaxTriviaList GapAfterComma(SwitchExpressionSyntax expression) =>
        expression.Arms[0].GetLocation().GetLineSpan().StartLinePosition.Line == expression.SwitchKeyword.GetLocation().GetLineSpan().StartLinePosition.Line
            ? SyntaxFactory.TriviaList(SyntaxFactory.Space)
            : SyntaxFactory.TriviaList(EndOfLine.In(expression.SyntaxTree.GetRoot()));

    private static SyntaxTriviaList IndentationOf(SyntaxNode node) =>
        SyntaxFactory.TriviaList(node.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1));

    private static string NotImplemented(SemanticModel model, int position) =>
        model.Compilation.GetTypesByMetadataName("System.NotImplementedException")[0].ToMinimalDisplayString(model, position);
}
