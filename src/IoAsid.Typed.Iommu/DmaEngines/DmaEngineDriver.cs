using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A driver of the DMA engine of <see cref="DmaEngineRegisters"/>. It submits work with addresses of processes, and stops the engine before a PASID is
/// released.
/// </summary>
/// <remarks>The driver runs in steps of the machine's scheduler and is not thread-safe.</remarks>
public sealed class DmaEngineDriver
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly IScheduler _scheduler;
    private readonly IRegisterBlock _registers;
    private readonly AsyncLock _commands = new();

    /// <summary>Creates the driver and enables bus mastering.</summary>
    /// <param name="device">The engine. The required features of PASID, ATS and PRI are enabled.</param>
    public DmaEngineDriver(IommuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        _scheduler = device.Unit.Platform.Scheduler;
        _registers = device.Function.Registers;
        device.Function.BusMasterEnabled = true;
    }

    /// <summary>The engine.</summary>
    public IommuDevice Device { get; }

    /// <summary>The capabilities of the engine.</summary>
    public DmaEngineCapabilities Capabilities => new(_registers.Read64(DmaEngineRegisters.Capabilities));

    /// <summary>The number of repeated submissions to a full shared queue (the retry status of ENQCMD).</summary>
    public long Retries { get; private set; }

    /// <summary>Opens a shared queue. Each command carries the PASID that the operating system assigned to its sender.</summary>
    /// <param name="queue">The index of the queue.</param>
    public void OpenShared(int queue) =>
        Configure(queue, new DmaQueueConfiguration { IsEnabled = true, IsShared = true, PasidEnabled = true, MayBlockOnFault = true });

    /// <summary>Opens a dedicated queue, which has one sender.</summary>
    /// <param name="queue">The index of the queue.</param>
    /// <param name="pasid">The PASID of all requests, or null for requests without PASID.</param>
    public void OpenDedicated(int queue, Pasid? pasid) => Configure(queue, new DmaQueueConfiguration
    {
        IsEnabled = true,
        PasidEnabled = pasid is not null,
        Pasid = pasid ?? default,
        MayBlockOnFault = pasid is not null,
    });

    /// <summary>Closes a queue. Accepted work still completes.</summary>
    /// <param name="queue">The index of the queue.</param>
    public void Close(int queue) => Configure(queue, default);

    /// <summary>Submits work to a shared queue, and repeats the submission while the queue is full (ENQCMD and its retry).</summary>
    /// <param name="queue">The index of the queue.</param>
    /// <param name="pasid">The PASID of the sender.</param>
    /// <param name="descriptor">The work, with addresses of the sender.</param>
    /// <param name="cancellationToken">Cancels the wait. The submission continues.</param>
    /// <exception cref="IommuException">The engine accepted no work for 30 s of virtual time.</exception>
    public ValueTask SubmitAsync(int queue, Pasid pasid, DmaDescriptor descriptor, CancellationToken cancellationToken = default) =>
        SubmitAsync(queue, pasid, descriptor).UnlessCancelled(cancellationToken);

    private async ValueTask SubmitAsync(int queue, Pasid pasid, DmaDescriptor descriptor)
    {
        ICommandPortal portal = Device.Function.Portals[queue];
        byte[] command = new byte[DmaDescriptor.SizeInBytes];
        descriptor.WriteBytes(command);
        Polling polling = new(_scheduler, Timeout);
        while (!portal.TryEnqueue(command, pasid))
        {
            Retries++;
            if (!Device.IsReachable || !await polling.NextAsync())
                throw new IommuException(IommuError.DeviceGone, $"{Device} accepts no work in queue {queue}. Check that the queue is open and the device is present.");
        }
    }

    /// <summary>Submits work to a dedicated queue. The caller counts free entries, because work for a full queue is lost.</summary>
    /// <param name="queue">The index of the queue.</param>
    /// <param name="descriptor">The work.</param>
    public void Post(int queue, DmaDescriptor descriptor)
    {
        Span<byte> command = stackalloc byte[DmaDescriptor.SizeInBytes];
        descriptor.WriteBytes(command);
        Device.Function.Portals[queue].Post(command);
    }

    /// <summary>Runs work in a process and waits until it is complete.</summary>
    /// <param name="queue">The index of a shared queue.</param>
    /// <param name="bond">The bond of the engine and the process.</param>
    /// <param name="descriptor">The work, without a completion record.</param>
    /// <param name="record">The address of the completion record in the process's memory, a multiple of 32. The memory is writable.</param>
    /// <param name="cancellationToken">Cancels the wait. The work continues.</param>
    /// <returns>The completion record. Its status is <see cref="DmaStatus.None"/> if the engine wrote none within 30 s of virtual time.</returns>
    public ValueTask<DmaCompletionRecord> RunAsync(
        int queue, SvaBond bond, DmaDescriptor descriptor, ulong record, CancellationToken cancellationToken = default) =>
        RunAsync(queue, bond, descriptor, record).UnlessCancelled(cancellationToken);

    private async ValueTask<DmaCompletionRecord> RunAsync(int queue, SvaBond bond, DmaDescriptor descriptor, ulong record)
    {
        ArgumentNullException.ThrowIfNull(bond);
        byte[] bytes = new byte[DmaCompletionRecord.SizeInBytes];
        await bond.AddressSpace.WriteAsync(record, bytes);
        await SubmitAsync(queue, bond.Pasid, descriptor with
        {
            CompletionRecord = record,
            Flags = descriptor.Flags | DmaDescriptorFlags.RequestCompletion,
        });
        Polling polling = new(_scheduler, Timeout);
        DmaCompletionRecord found;
        do
        {
            await bond.AddressSpace.ReadAsync(record, bytes);
            found = DmaCompletionRecord.FromBytes(bytes);
        }
        while (found.Status == DmaStatus.None && Device.Function.IsPresent && await polling.NextAsync());

        return found;
    }

    /// <summary>Stops the engine from using a PASID. It must be called before a bond is disposed.</summary>
    /// <param name="pasid">The PASID. No new work for it may be submitted.</param>
    /// <param name="abort">True to abort pending work, false to complete it.</param>
    /// <param name="cancellationToken">Cancels the wait. The engine is still stopped.</param>
    /// <exception cref="IommuException">The engine did not stop within 30 s of virtual time.</exception>
    public ValueTask StopAsync(Pasid pasid, bool abort = false, CancellationToken cancellationToken = default) =>
        StopAsync(pasid, abort).UnlessCancelled(cancellationToken);

    private async ValueTask StopAsync(Pasid pasid, bool abort)
    {
        using (await _commands.EnterAsync())
        {
            // The engine refuses a command during another one, and a command whose wait was cancelled may still be running.
            await WaitUntilStoppedAsync(pasid);
            _registers.Write64(DmaEngineRegisters.Command, new DmaEngineCommand
            {
                Code = abort ? DmaEngineCommandCode.AbortPasid : DmaEngineCommandCode.DrainPasid,
                Pasid = pasid,
            }.Bits);
            await WaitUntilStoppedAsync(pasid);
        }
    }

    private async ValueTask WaitUntilStoppedAsync(Pasid pasid)
    {
        if (!await _scheduler.WaitUntil(() => !IsBusy(), Timeout))
            throw new IommuException(IommuError.DeviceGone, $"{Device} did not stop using PASID {pasid}. Reset it before the PASID is released.");
    }

    private bool IsBusy() => Device.IsReachable
        && new DmaEngineCommandStatus(_registers.Read64(DmaEngineRegisters.CommandStatus)).IsActive;

    private void Configure(int queue, DmaQueueConfiguration configuration) =>
        _registers.Write64(DmaEngineRegisters.QueueConfiguration(queue), configuration.Bits);
}
