using IoAsid.Typed.Emulation;

namespace PageWalk;

/// <summary>The output of the sample: numbered steps, each with a line that explains it, and its result.</summary>
internal sealed class Transcript(TextWriter output)
{
    private int _steps;

    public void Step(string explanation)
    {
        if (_steps++ > 0)
            output.WriteLine();
        output.WriteLine($"{_steps}. {explanation}");
    }

    public void Happened(string text) => output.WriteLine($"   {text}");

    public void Show(WalkPicture picture)
    {
        output.WriteLine();
        foreach (string line in picture.ToString().TrimEnd('\n').Split('\n'))
            output.WriteLine($"   {line}");
    }
}
