namespace QuickStart.RunTime;

/// <summary>The output of the sample: numbered steps, each with one line that explains it and a line for each event.</summary>
public sealed class Transcript(TextWriter output)
{
    private const int ResultColumn = 42;

    private int _steps;

    public void Step(string explanation)
    {
        _steps++;
        output.WriteLine();
        output.WriteLine($"{_steps}. {explanation}");
    }

    public void Happened(string text, object result) => output.WriteLine($"   {text.PadRight(ResultColumn)} {result}");

    public void Note(string text) => output.WriteLine($"     {text}");
}
