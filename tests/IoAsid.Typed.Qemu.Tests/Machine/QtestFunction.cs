using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A PCI function of QEMU's machine, reached by configuration mechanism 1. There is no firmware, so the constructor sets the address of its registers.</summary>
internal sealed class QtestFunction : IPciFunction
{
    private const int AddressPort = 0xCF8;
    private const int DataPort = 0xCFC;
    private const uint CommandOffset = 0x04;
    private const uint BarOffset = 0x10;
    private const uint MemoryEnable = 1 << 1;
    private const uint BusMasterEnable = 1 << 2;

    private readonly QtestConnection _connection;

    /// <param name="connection">The connection to QEMU.</param>
    /// <param name="requesterId">The bus, device and function number.</param>
    /// <param name="bar">The address of its registers, or null for a bridge.</param>
    public QtestFunction(QtestConnection connection, RequesterId requesterId, uint? bar)
    {
        _connection = connection;
        RequesterId = requesterId;
        if (bar is { } start)
            WriteConfiguration(BarOffset, start);
        WriteConfiguration(CommandOffset, ReadConfiguration(CommandOffset) | MemoryEnable | BusMasterEnable);
        Registers = new QtestRegisters(connection, bar ?? 0);
    }

    public RequesterId RequesterId { get; }

    /// <summary>The vendor and the device id; all ones if the function does not exist.</summary>
    public uint Identity => ReadConfiguration(0);

    public bool IsPresent { get; private set; } = true;

    public bool BusMasterEnabled
    {
        get => (ReadConfiguration(CommandOffset) & BusMasterEnable) != 0;
        set => WriteConfiguration(CommandOffset, value ? ReadConfiguration(CommandOffset) | BusMasterEnable : ReadConfiguration(CommandOffset) & ~BusMasterEnable);
    }

    public IRegisterBlock Registers { get; }

    public IReadOnlyList<ICommandPortal> Portals => [];

    public IPasidCapability? Pasid => null;

    public IAtsCapability? Ats => null;

    public IPriCapability? Pri => null;

    public void SetInterrupt(int entry, InterruptMessage? message) => throw new ArgumentOutOfRangeException(nameof(entry));

    public ValueTask ResetAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Marks the function as removed.</summary>
    public void Remove() => IsPresent = false;

    private uint ReadConfiguration(uint offset)
    {
        Select(offset);
        return _connection.In(DataPort);
    }

    /// <summary>Writes a register of the configuration space.</summary>
    public void WriteConfiguration(uint offset, uint value)
    {
        Select(offset);
        _connection.Out(DataPort, value);
    }

    private void Select(uint offset) => _connection.Out(AddressPort, 0x8000_0000 | (uint)RequesterId.Value << 8 | offset);
}
