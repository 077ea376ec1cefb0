namespace IoAsid.Typed.Exploration.Scheduling;

/// <summary>Runs the parts of a scenario at the same time and waits for all of them.</summary>
internal static class Concurrently
{
    public static Task Run(params Action[] parts) => Task.WhenAll(parts.Select(part => Task.Run(part)));
}
