using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>
/// A slot behind a root port of QEMU's machine, with a device that can be unplugged. There is no firmware, so the port is configured here. The hot-plug controller
/// is that of ACPI on q35 (docs/specs/acpi_pci_hotplug.rst): software reads unplug requests from one I/O port, and ejects the device by another port.
/// </summary>
internal sealed class QemuSlot
{
    private const string Id = "pluggable";
    private const int PortSlot = 8;
    private const uint BusNumbersOffset = 0x18;
    private const uint MemoryWindowOffset = 0x20;
    private const int UnplugRequests = 0xCC4;
    private const int Eject = 0xCC8;
    private const int Select = 0xCD0;
    private const uint Bar = 0xE100_0000;
    private const uint FirstSlot = 1;

    private readonly QemuProcess _process;

    public QemuSlot(QemuProcess process)
    {
        _process = process;
        QtestFunction port = new(process.Connection, new RequesterId(0, PortSlot, 0), bar: null);
        port.WriteConfiguration(BusNumbersOffset, 0x01_01_00);
        port.WriteConfiguration(MemoryWindowOffset, Bar | Bar >> 16);
        Function = new QtestFunction(process.Connection, new RequesterId(1, 0, 0), Bar);
    }

    /// <summary>The options that QEMU needs for the slot and its device.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
        ["-device", $"pcie-root-port,id=slot1,bus=pcie.0,addr={PortSlot},chassis=1,slot=1", "-device", $"iommu-testdev,id={Id},bus=slot1,addr=0"];

    public QtestFunction Function { get; }

    /// <summary>Gets a value indicating whether the controller requests the ejection of the device.</summary>
    public bool IsUnplugRequested
    {
        get
        {
            _process.Connection.Out(Select, 0);
            return (_process.Connection.In(UnplugRequests) & FirstSlot) != 0;
        }
    }

    /// <summary>Requests the unplug of the device, like a user of the monitor.</summary>
    public void RequestUnplug() => _process.Monitor.Execute("device_del", new { id = Id });

    /// <summary>Ejects the device. Afterwards it no longer exists.</summary>
    public void EjectDevice()
    {
        _process.Connection.Out(Select, 0);
        _process.Connection.Out(Eject, FirstSlot);
    }
}
