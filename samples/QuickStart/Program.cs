using QuickStart.RunTime;
using Samples;

namespace QuickStart;

public static class Program
{
    public static Task<int> Main(string[] args) =>
        SampleCommand.RunAsync(args, "Shows typed sets at run time and at compile time.", () => PlayAsync(Console.Out));

    public static async Task PlayAsync(TextWriter output)
    {
        await HeadAsync(output, "At run time");
        RunTimeSide.Play(output);
        await output.WriteLineAsync();
        await HeadAsync(output, "At compile time");
        await CompileTimeSide.PlayAsync(output);
    }

    private static async Task HeadAsync(TextWriter output, string title)
    {
        await output.WriteLineAsync($"== {title} ==");
        await output.WriteLineAsync();
    }
}
