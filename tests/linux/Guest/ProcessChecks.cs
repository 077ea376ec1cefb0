using System.Diagnostics;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>A child process that opens the device and is killed. Each run kills it after one more step.</summary>
internal static class ProcessChecks
{
    public static void Run()
    {
        foreach (PciAddress address in new[] { Machine.Edu, Machine.WithPasids })
        {
            VfioPci.Bind(address);
            for (int steps = 1; steps <= Child.Steps; steps++)
                Kill(address, steps);
        }
    }

    private static void Kill(PciAddress address, int steps)
    {
        using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["child", address.ToString(), $"{steps}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string? line = child.StandardOutput.ReadLine();
        using Iommufd iommufd = Iommufd.Open();
        if (line != "ready")
        {
            Checks.That(holds: false, $"the child with {address} does {steps} steps: {line} {child.StandardOutput.ReadToEnd()}");
            return;
        }

        if (steps == 2)
            Checks.Refused(Errno.InvalidArgument, () => VfioDevice.Open(iommufd, address).Dispose(), $"{address} belongs to another process");

        child.Kill();
        child.WaitForExit();
        using VfioDevice device = VfioDevice.Open(iommufd, address);
        using Ioas ioas = iommufd.AllocateIoas();
        using DmaMemory memory = DmaMemory.Allocate(0x2000);
        using IoasMapping mapping = ioas.Map(memory, address: 0x10_0000);
        using DeviceAttachment attachment = device.Attach(ioas);
        if (address == Machine.Edu)
        {
            using EduEngine engine = new(device);
            memory.Write(0, [7, 7, (byte)steps]);
            engine.Copy(0x10_0000, 0x10_1000, 3);
            Checks.That(memory.AsSpan(0x1000, 3).SequenceEqual((byte[])[7, 7, (byte)steps]), $"after a kill at step {steps}, {address} does DMA for this process");
        }
        else
        {
            Checks.That(attachment.IsAttached && (steps < Child.Steps || Machine.PageGroupResponses().Any(response => response is { Group: 99, Code: 1 })),
                $"after a kill at step {steps}, {address} is attached to this process{(steps < Child.Steps ? "" : ", and the page request in flight was answered")}");
        }
    }
}
