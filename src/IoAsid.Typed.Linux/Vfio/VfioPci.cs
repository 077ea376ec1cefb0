namespace IoAsid.Typed.Linux;

/// <summary>The assignment of PCI functions to the driver <c>vfio-pci</c>, through sysfs. Needs root.</summary>
public static class VfioPci
{
    /// <summary>Gives a function to <c>vfio-pci</c>. Its present driver loses it.</summary>
    /// <param name="address">The function.</param>
    /// <exception cref="DirectoryNotFoundException">The function does not exist, or <c>vfio-pci</c> is not loaded.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write to sysfs.</exception>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static void Bind(PciAddress address)
    {
        Platform.ThrowIfNotLinux();
        Bind(LinuxSystemCalls.Instance, address);
    }

    /// <summary>Takes a function from <c>vfio-pci</c> and lets the kernel find its usual driver.</summary>
    /// <param name="address">The function.</param>
    /// <exception cref="DirectoryNotFoundException">The function does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write to sysfs.</exception>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static void Unbind(PciAddress address)
    {
        Platform.ThrowIfNotLinux();
        Unbind(LinuxSystemCalls.Instance, address);
    }

    internal static void Bind(ISystemCalls calls, PciAddress address)
    {
        string device = FolderOf(calls, address);
        string driver = Path.Join(calls.SysfsRoot, "bus/pci/drivers/vfio-pci");
        if (!Directory.Exists(driver))
            throw new DirectoryNotFoundException("The driver vfio-pci is not loaded: run modprobe vfio-pci.");

        if (string.Equals(DriverOf(device), "vfio-pci", StringComparison.Ordinal))
            return;

        File.WriteAllText(Path.Join(device, "driver_override"), "vfio-pci");
        string unbind = Path.Join(device, "driver/unbind");
        if (File.Exists(unbind))
            File.WriteAllText(unbind, address.ToString());

        File.WriteAllText(Path.Join(driver, "bind"), address.ToString());
    }

    internal static void Unbind(ISystemCalls calls, PciAddress address)
    {
        string device = FolderOf(calls, address);
        File.WriteAllText(Path.Join(device, "driver_override"), "\n");
        if (string.Equals(DriverOf(device), "vfio-pci", StringComparison.Ordinal))
            File.WriteAllText(Path.Join(device, "driver/unbind"), address.ToString());

        File.WriteAllText(Path.Join(calls.SysfsRoot, "bus/pci/drivers_probe"), address.ToString());
    }

    /// <summary>Returns the device file of a function that belongs to <c>vfio-pci</c>.</summary>
    internal static string DeviceFile(ISystemCalls calls, PciAddress address)
    {
        string folder = Path.Join(FolderOf(calls, address), "vfio-dev");
        string? name = Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(Path.GetFileName).FirstOrDefault() : null;
        return name is not null
            ? Path.Join(calls.DeviceRoot, "vfio/devices", name)
            : throw new SystemCallException("open /dev/vfio/devices", Errno.NotFound, address.ToString());
    }

    private static string FolderOf(ISystemCalls calls, PciAddress address)
    {
        string folder = Path.Join(calls.SysfsRoot, "bus/pci/devices", address.ToString());
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"There is no PCI function {address}. lspci -D lists them.");
    }

    private static string? DriverOf(string device)
    {
        FileInfo driver = new(Path.Join(device, "driver"));
        return driver.LinkTarget is { } target ? Path.GetFileName(target) : null;
    }
}
