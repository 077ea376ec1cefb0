using IoAsid.Typed.Emulation;
using IoAsid.Typed.Iommu;
using Samples;

namespace OwnDevice;

public static class Program
{
    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows a network card with its own model and driver, and a fault that the checker finds.", (ulong seed, Stream? trace) => Play(Console.Out, seed, trace));

    /// <summary>Runs two conversations: on a correct card, and on one that keeps its translations after their invalidation.</summary>
    public static void Play(TextWriter output, ulong seed, Stream? trace)
    {
        output.WriteLine("1. A client sends to a server. Neither has touched the memory that the card uses.");
        Play(line => output.WriteLine($"   {line}"), seed, DeviceMisbehaviour.None, trace);
        output.WriteLine();
        output.WriteLine("2. The card completes invalidations, and keeps the translations.");
        Play(line => output.WriteLine($"   {line}"), seed, DeviceMisbehaviour.KeepsInvalidatedTranslations, trace: null);
    }

    private static void Play(Action<string> write, ulong seed, DeviceMisbehaviour misbehaviour, Stream? trace)
    {
        using NicMachine machine = new(seed);
        using ChromeTrace? recording = trace is null ? null : ChromeTrace.Of(trace, machine.Machine);
        machine.Nic.Misbehaviour = misbehaviour;
        machine.Run(async () => await TalkAsync(write, machine));
        foreach (FindingKind kind in machine.Checker.Findings.Where(finding => finding.IsHarmful).Select(finding => finding.Kind).Distinct())
            write($"the checker: {kind}");
    }

    private static async Task TalkAsync(Action<string> write, NicMachine machine)
    {
        Conversation conversation = await Conversation.StartAsync(machine);
        AddressRange buffer = Conversation.Allocate(conversation.Server);
        write($"a frame to the server: {await conversation.SendAsync("hello", buffer)}, after {conversation.PageRequests} page request");
        write($"the server reads \"{await conversation.ReadAsync(buffer)}\"");
        AddressRange next = Conversation.Allocate(conversation.Server);
        await conversation.Server.UnmapAsync(buffer);
        // The page of the buffer is free, so the next page of the server gets it.
        await conversation.Server.WriteAsync(next.Start, "private"u8.ToArray());
        write($"a frame to memory that the server has unmapped: {await conversation.SendAsync("again", buffer)}");
        write($"other data of the server is \"{await conversation.ReadAsync(next)}\"");
        await conversation.DisposeAsync();
    }
}
