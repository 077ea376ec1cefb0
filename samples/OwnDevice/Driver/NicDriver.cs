using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace OwnDevice;

/// <summary>A driver of the network card. Runs in steps of the machine's scheduler; not thread-safe.</summary>
public sealed class NicDriver
{
    private readonly AsyncLock _commands = new();

    /// <summary>Drives a card.</summary>
    /// <param name="device">The card, with shared virtual addressing enabled.</param>
    public NicDriver(IommuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        device.Function.BusMasterEnabled = true;
        Capabilities = new NicCapabilities(Registers.Read64(NicRegisters.Capabilities));
    }

    /// <summary>The card.</summary>
    public IommuDevice Device { get; }

    /// <summary>The capabilities of the card.</summary>
    public NicCapabilities Capabilities { get; }

    internal IRegisterBlock Registers => Device.Function.Registers;

    internal static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Opens a queue for a process: its ring and its buffers are at addresses of the process.</summary>
    /// <param name="queue">The queue, which is closed.</param>
    /// <param name="bond">The bond of the card and the process.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The queue. Its disposal stops the card's use of the PASID, and comes before the disposal of the bond.</returns>
    public async ValueTask<NicRing> OpenAsync(NicQueueKind queue, SvaBond bond, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bond);
        AddressRange ring = bond.AddressSpace.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range;
        await bond.AddressSpace.WriteAsync(ring.Start, new byte[AddressRange.PageSize], cancellationToken);
        Registers.Write64(NicRegisters.Ring(queue), ring.Start);
        Registers.Write64(NicRegisters.Configuration(queue), new NicQueueConfiguration { Enabled = true, Pasid = bond.Pasid }.Bits);
        return new NicRing(this, queue, bond, ring);
    }

    /// <summary>Stops the card's use of a PASID. Work that waits for a page is abandoned.</summary>
    /// <exception cref="IommuException">The card did not stop. Reset it before the PASID is used again.</exception>
    internal async ValueTask StopAsync(Pasid pasid)
    {
        using (await _commands.EnterAsync())
        {
            Registers.Write64(NicRegisters.Command, new NicCommand { Stop = true, Pasid = pasid }.Bits);
            // The status has no side effect, so the scheduler may look at it between steps.
            if (!await Device.Platform.Scheduler.WaitUntil(() => !IsBusy(), Timeout))
                throw new IommuException(IommuError.DeviceGone, $"{Device} did not stop using PASID {pasid}. Reset it.");
        }
    }

    // An unplugged card returns all ones, and is not busy.
    private bool IsBusy() => Device.IsReachable && new NicCommandStatus(Registers.Read64(NicRegisters.CommandStatus)).Busy;
}
