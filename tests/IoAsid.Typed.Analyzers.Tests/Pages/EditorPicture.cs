using System.Security;
using System.Text;
using Microsoft.CodeAnalysis.Text;
using static System.FormattableString;

namespace IoAsid.Typed.Analyzers.Tests.Pages;

/// <summary>A picture of code in an editor: the code with a diagnostic, the action that the editor offers, and the code after it.</summary>
internal sealed class EditorPicture
{
    private const double CharacterWidth = 8.4;
    private const int LineHeight = 22;
    private const int Left = 20;
    private const int Gap = 14;
    private const int MostCharactersOfMessage = 92;

    private readonly StringBuilder _body = new();
    private int _y = 16;
    private int _widest;

    /// <summary>Adds a line of text above code.</summary>
    public void AddTitle(string title)
    {
        _y += Gap;
        AddLine(title, "title");
    }

    /// <summary>Adds lines of code, with a wave below each part that a diagnostic marks.</summary>
    public void AddCode(string code, params IReadOnlyList<LinePositionSpan> marks)
    {
        foreach ((int number, string line) in code.Split('\n').Index())
        {
            AddLine(line, "code");
            foreach (LinePositionSpan mark in marks.Where(mark => mark.Start.Line == number))
                AddWave(mark.Start.Character, mark.End.Character);
        }
    }

    /// <summary>Adds a box below the code, as an editor shows a message or an action.</summary>
    public void AddBox(string text, string style)
    {
        string[] lines = [.. Wrap(text)];
        _y += 6;
        _body.Append(Invariant($"  <rect class=\"{style}-box\" x=\"{Left + 30}\" y=\"{_y}\" width=\"{Math.Round(lines.Max(line => line.Length) * CharacterWidth + 20)}\" height=\"{lines.Length * LineHeight + 10}\" rx=\"4\"/>\n"));
        _y += 4;
        foreach (string line in lines)
            AddLine(line, style, indent: 40);
        _y += 8;
    }

    /// <summary>Returns the picture as SVG.</summary>
    /// <param name="title">The alternative text.</param>
    public string Write(string title)
    {
        int width = (int)(Left * 2 + 60 + _widest * CharacterWidth);
        int height = _y + 20;
        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}" role="img" aria-labelledby="title">
              <title id="title">{{Escape(title)}}</title>
              <style>
                text { font: 14px ui-monospace, Consolas, Menlo, monospace; white-space: pre; fill: #1f2328 }
                .title { font-family: system-ui, sans-serif; font-weight: 600 }
                .ground { fill: #ffffff; stroke: #d0d7de }
                .wave { fill: none; stroke: #bf8700; stroke-width: 1.4 }
                .message-box { fill: #fff8c5; stroke: #d4a72c }
                .action-box { fill: #ddf4ff; stroke: #54aeff }
              </style>
              <rect class="ground" x="0.5" y="0.5" width="{{width - 1}}" height="{{height - 1}}" rx="8"/>
            {{_body}}</svg>

            """;
    }

    private void AddLine(string line, string style, int indent = 0)
    {
        _y += LineHeight;
        _widest = Math.Max(_widest, line.Length);
        if (line.Length > 0)
            _body.Append(Invariant($"  <text class=\"{style}\" x=\"{Left + indent}\" y=\"{_y - 6}\"{Length(line, style)} xml:space=\"preserve\">{Escape(line)}</text>\n"));
    }

    // The wave must lie below its characters in each font.
    private static string Length(string line, string style) =>
        style == "title" ? "" : Invariant($" textLength=\"{Math.Round(line.Length * CharacterWidth, 1)}\"");

    private void AddWave(int first, int end)
    {
        StringBuilder path = new(Invariant($"M{Left + first * CharacterWidth:0.#} {_y - 2}"));
        int steps = (int)((end - first) * CharacterWidth / 4);
        for (int step = 0; step < steps; step++)
            path.Append(step % 2 == 0 ? "l4 -3" : "l4 3");
        _body.Append(Invariant($"  <path class=\"wave\" d=\"{path}\"/>\n"));
    }

    private static IEnumerable<string> Wrap(string text)
    {
        StringBuilder line = new();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > MostCharactersOfMessage)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
