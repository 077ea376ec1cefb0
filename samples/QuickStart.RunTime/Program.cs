using Samples;

namespace QuickStart.RunTime;

internal static class Program
{
    private static int Main(string[] args) => SampleCommand.Run(args, "Shows typed sets at run time.", () => RunTimeSide.Play(Console.Out));
}
