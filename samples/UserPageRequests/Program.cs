using System.CommandLine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Linux;
using Samples;

namespace UserPageRequests;

public static class Program
{
    private const int Refused = 1;

    public static Task<int> Main(string[] args)
    {
        Option<ulong> seed = SampleCommand.Seed();
        Option<PciAddress?> iommufd = SampleCommand.Parsed<PciAddress>(
            "--iommufd", "Serves the page requests of the device at this PCI address on Linux, instead of an emulated one. It is bound to vfio-pci.", "a PCI address", "0000:00:05.0");
        Option<int> count = new("--count") { Description = "The number of groups of page requests on Linux after which the server ends. Without it, Ctrl+C ends the server.", HelpName = "N" };
        RootCommand command = new("Serves page requests of two guests in user space, on an emulated machine or on Linux.") { seed, iommufd, count };
        command.SetAction((result, cancellationToken) =>
        {
            if (result.GetValue(iommufd) is { } address)
                return ServeOnLinuxAsync(Console.Out, address, result.GetValue(count), cancellationToken);
            Play(Console.Out, result.GetValue(seed));
            return Task.FromResult(0);
        });
        return command.Parse(args).InvokeAsync();
    }

    /// <summary>Runs the guests on an emulated machine.</summary>
    public static void Play(TextWriter output, ulong seed) =>
        SampleRun.Play(output, seed, new DmaEngineOptions(), (machine, account) => new EmulatedRun(machine, account).PlayAsync());

    private static async Task<int> ServeOnLinuxAsync(TextWriter output, PciAddress address, int count, CancellationToken cancellationToken)
    {
        try
        {
            using IommufdServer server = new(address);
            await server.ServeAsync(output, count, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception refusal) when (refusal is SystemCallException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return Refused;
        }
    }
}
