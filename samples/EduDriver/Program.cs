using System.CommandLine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Linux;
using Samples;

namespace EduDriver;

public static class Program
{
    private const int Refused = 1;

    private static readonly RequesterId s_edu = new(0, 3, 0);

    public static int Main(string[] args)
    {
        Option<ulong> seed = SampleCommand.Seed();
        Option<PciAddress?> vfio = SampleCommand.Parsed<PciAddress>(
            "--vfio", "Drives the edu device at this PCI address through VFIO on Linux, instead of an emulated one. It is bound to vfio-pci.", "a PCI address", "0000:00:03.0");
        RootCommand command = new("Runs one driver of QEMU's edu device on an emulated machine, or on Linux.") { seed, vfio };
        command.SetAction(async (result, _) =>
        {
            if (result.GetValue(vfio) is { } address)
                return await PlayOnLinuxAsync(Console.Out, address);
            Play(Console.Out, result.GetValue(seed));
            return 0;
        });
        return command.Parse(args).Invoke();
    }

    /// <summary>Runs the driver on an emulated machine.</summary>
    public static void Play(TextWriter output, ulong seed)
    {
        using SampleMachine machine = new(seed);
        EmulatedEdu edu = machine.Hardware.AddFunction(0, s_edu, context => new EmulatedEdu(context));
        machine.Run(async () =>
        {
            await using IommuSubsystem iommu = await IommuSubsystem.StartAsync(machine.Hardware);
            await PlayAsync(output, await iommu.OpenAsync(edu));
        });
        foreach (string line in machine.Verdict())
            output.WriteLine(line);
    }

    private static async Task<int> PlayOnLinuxAsync(TextWriter output, PciAddress address)
    {
        try
        {
            using Iommufd iommufd = Iommufd.Open();
            VfioPci.Bind(address);
            await PlayAsync(output, iommufd.OpenDevice(address));
            return 0;
        }
        catch (Exception refusal) when (refusal is SystemCallException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return Refused;
        }
    }

    /// <summary>Runs the driver on a device, which it closes.</summary>
    private static async Task PlayAsync(TextWriter output, IDmaDevice device)
    {
        string name = device.Name;
        await using EduDeviceDriver driver = await EduDeviceDriver.StartAsync(device);
        await output.WriteLineAsync($"{name} is an edu device of version {driver.Identification.Major}.{driver.Identification.Minor}.");
        await output.WriteLineAsync($"The device is alive: {driver.IsAlive()}.");
        await output.WriteLineAsync($"10! is {await driver.FactorialAsync(10)}.");
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(number => (byte)(number * 13 + 5))];
        byte[] copied = await driver.CopyThroughDeviceAsync(bytes);
        await output.WriteLineAsync($"{copied.Length} bytes came back from the buffer of the device unchanged: {copied.AsSpan().SequenceEqual(bytes)}.");
        await output.WriteLineAsync($"The device sent {driver.Interrupts} interrupts.");
    }
}
