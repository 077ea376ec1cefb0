namespace IoAsid.Typed.Linux.Guest;

/// <summary>The removal of a device by the kernel while this process has it open.</summary>
internal static class RemovalChecks
{
    public static void Run()
    {
        VfioPci.Bind(Machine.Edu);
        string folder = $"/sys/bus/pci/devices/{Machine.Edu}";
        using Iommufd iommufd = Iommufd.Open();
        VfioDevice device = VfioDevice.Open(iommufd, Machine.Edu);
        Ioas ioas = iommufd.AllocateIoas();
        DeviceAttachment attachment = device.Attach(ioas);
        VfioInterrupts release = device.EnableInterrupts(VfioInterruptKind.ReleaseRequest);
        ValueTask<long> asked = release.WaitAsync();
        Task removal = Task.Factory.StartNew(() => File.WriteAllText($"{folder}/remove", "1"), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Checks.That(asked.AsTask().Wait(TimeSpan.FromSeconds(60)), "the kernel requests the release of the device");
        Checks.Equal(expected: false, removal.IsCompleted, "and waits for this process");
        attachment.Replace(device.AllocateHwpt(ioas));
        Checks.That(holds: true, "the device works until its disposal");
        release.Dispose();
        device.Dispose();
        Checks.That(removal.Wait(TimeSpan.FromSeconds(60)), "the removal continues after the disposal");
        Checks.Equal(expected: false, Directory.Exists(folder), "the device is gone");
        Checks.Throws<DirectoryNotFoundException>(() => VfioDevice.Open(iommufd, Machine.Edu), _ => true, "an open reports that the device does not exist");
        Checks.Equal(expected: false, attachment.IsAttached, "its attachment has ended");
        Checks.Throws<ObjectDisposedException>(() => device.Attach(ioas), _ => true, "and a new one is refused");

        File.WriteAllText("/sys/bus/pci/rescan", "1");
        VfioPci.Bind(Machine.Edu);
        using VfioDevice again = VfioDevice.Open(iommufd, Machine.Edu);
        using DeviceAttachment attachedAgain = again.Attach(ioas);
        Checks.That(attachedAgain.IsAttached, "after its return the device is attached to the same address space");
        attachedAgain.Dispose();
        ioas.Dispose();
        again.Dispose();
        VfioPci.Unbind(Machine.Edu);
        Checks.Equal(expected: false, Directory.Exists($"{folder}/driver"), "the device is unbound from vfio-pci");
    }
}
