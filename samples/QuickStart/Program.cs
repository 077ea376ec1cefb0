using QuickStart.RunTime;

namespace QuickStart;

public static class Program
{
    public static Task Main() => PlayAsync(Console.Out);

    public static async Task PlayAsync(TextWriter output)
    {
        await HeadAsync(output, "When the program runs");
        RunTimeSide.Play(output);
        await output.WriteLineAsync();
        await HeadAsync(output, "When it is compiled");
        await CompileTimeSide.PlayAsync(output);
    }

    private static async Task HeadAsync(TextWriter output, string title)
    {
        await output.WriteLineAsync($"== {title} ==");
        await output.WriteLineAsync();
    }
}
