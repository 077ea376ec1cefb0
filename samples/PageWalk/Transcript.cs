using IoAsid.Typed.Emulation;

namespace PageWalk;

/// <summary>The output of the sample: numbered steps, each with a line that explains it, and its result.</summary>
internal sealed class Transcript(TextWriter output)
{
    private const int WorthSharing = 2;

    private int _steps;
    private string[]? _first;

    public void Step(string explanation)
    {
        if (_steps++ > 0)
            output.WriteLine();
        output.WriteLine($"{_steps}. {explanation}");
    }

    public void Happened(string text) => output.WriteLine($"   {text}");

    /// <summary>Shows a walk. Entries at its beginning that are those of the first walk are counted and not shown again.</summary>
    public void Show(WalkPicture picture)
    {
        string[] lines = picture.ToString().TrimEnd('\n').Split('\n');
        int shared = _first is null ? 1 : CountSharedLines(_first, lines);
        int entries = lines[1..shared].Count(BeginsEntry);
        _first ??= lines;
        output.WriteLine();
        Happened(lines[0]);
        if (entries >= WorthSharing)
            Happened($"|  the first {entries} entries are those of the first walk");
        foreach (string line in lines[(entries >= WorthSharing ? shared : 1)..])
            Happened(line);
    }

    // The title, and the equal entries with all their lines.
    private static int CountSharedLines(string[] first, string[] lines)
    {
        int count = 1;
        while (count < Math.Min(first.Length, lines.Length) && first[count] == lines[count])
            count++;
        while (count > 1 && !BeginsEntry(lines[count]))
            count--;
        return count;
    }

    private static bool BeginsEntry(string line) => line.StartsWith("+-", StringComparison.Ordinal);
}
