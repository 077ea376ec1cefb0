namespace QuickStart.RunTime;

internal static class Program
{
    private static void Main() => RunTimeSide.Play(Console.Out);
}
