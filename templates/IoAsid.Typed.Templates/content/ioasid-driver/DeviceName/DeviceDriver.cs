using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace DeviceName;

/// <summary>The driver of the device. Runs in steps of the machine's scheduler; not thread-safe.</summary>
public sealed class DeviceDriver
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    private readonly IommuDevice _device;
    private readonly AsyncLock _commands = new();

    /// <summary>Drives a device.</summary>
    /// <param name="device">The device, with shared virtual addressing enabled.</param>
    public DeviceDriver(IommuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        device.Function.BusMasterEnabled = true;
    }

    private IRegisterBlock Block => _device.Function.Registers;

    private StatusRegister Status => new(Block.Read64(RegisterOffsets.Status));

    /// <summary>Adds bytes of a process.</summary>
    /// <param name="bond">The bond of the device and the process.</param>
    /// <param name="bytes">The bytes, at an address of the process. Their pages need not be present.</param>
    /// <param name="cancellationToken">Cancels the wait for the device.</param>
    /// <returns>The sum; null if the device could not read the bytes.</returns>
    /// <exception cref="IommuException">The device does not answer.</exception>
    public async ValueTask<ulong?> AddAsync(SvaBond bond, AddressRange bytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bond);
        using (await _commands.EnterAsync(cancellationToken))
        {
            Block.Write64(RegisterOffsets.Source, bytes.Start);
            Block.Write64(RegisterOffsets.Length, bytes.Length);
            await RunAsync(new CommandRegister { Go = true, Pasid = bond.Pasid }, cancellationToken);
            return Status.Fault ? null : Block.Read64(RegisterOffsets.Sum);
        }
    }

    /// <summary>Ends the device's use of a PASID, before its bond is disposed.</summary>
    /// <param name="pasid">The PASID.</param>
    /// <param name="cancellationToken">Cancels the wait for the device.</param>
    /// <exception cref="IommuException">The device does not answer. Reset it before the PASID is used again.</exception>
    public async ValueTask StopAsync(Pasid pasid, CancellationToken cancellationToken = default)
    {
        using (await _commands.EnterAsync(cancellationToken))
            await RunAsync(new CommandRegister { Stop = true, Pasid = pasid }, cancellationToken);
    }

    private async ValueTask RunAsync(CommandRegister command, CancellationToken cancellationToken)
    {
        Block.Write64(RegisterOffsets.Command, command.Bits);
        // A device that is unplugged answers all ones. It is not busy then.
        bool isDone = await _device.Platform.Scheduler.WaitUntil(() => !_device.IsReachable || !Status.Busy, s_timeout, cancellationToken);
        if (!isDone || !_device.IsReachable)
            throw new IommuException(IommuError.DeviceGone, $"{_device} does not answer. Is it plugged in?");
    }
}
