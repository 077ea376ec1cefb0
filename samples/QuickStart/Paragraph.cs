namespace QuickStart;

/// <summary>Breaks a long text into lines that fit a terminal.</summary>
internal static class Paragraph
{
    private const int Width = 96;

    public static IEnumerable<string> Lines(string text, int indent)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && indent + line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        yield return line;
    }
}
