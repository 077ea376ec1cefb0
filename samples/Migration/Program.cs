using Samples;

namespace Migration;

public static class Program
{
    public static int Main(string[] args) => SampleCommand.Run(args, "Sends the same page requests to a driver in each stage of its migration.", () => Play(Console.Out));

    /// <summary>Sends the same requests to the driver before its migration and in each stage.</summary>
    public static void Play(TextWriter output)
    {
        Play(output, "Plain: a table of any objects", Plain.PlainDriver.Play);
        Play(output, "Transitional: allocated in sets, looked up in every set", Transitional.StageDriver.Play);
        Play(output, "Enforced: changed by FixAll", Enforced.StageDriver.Play);
        Play(output, "Converged: the table is gone", Converged.StageDriver.Play);
    }

    private static void Play(TextWriter output, string title, Action<TextWriter> driver)
    {
        output.WriteLine($"== {title} ==");
        driver(output);
        output.WriteLine();
    }
}
