using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A driver of the DMA engine of <see cref="DmaEngineRegisters"/>: gives it work in processes' own addresses, and stops it before a PASID is given up.
/// </summary>
/// <remarks>Runs in steps of the machine's scheduler; not thread-safe.</remarks>
public sealed class DmaEngineDriver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IScheduler _scheduler;
    private readonly IRegisterBlock _registers;
    private readonly AsyncLock _commands = new();

    /// <summary>Drives an engine.</summary>
    /// <param name="device">The engine, with what it needs of PASID, ATS and PRI enabled.</param>
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

    /// <summary>What it is able to do.</summary>
    public DmaEngineCapabilities Capabilities => new(_registers.Read64(DmaEngineRegisters.Capabilities));

    /// <summary>How often a shared queue had no room and the work was sent again (the retry status of ENQCMD).</summary>
    public long Retries { get; private set; }

    /// <summary>Opens a queue that many share: each command carries the PASID that the operating system gave its sender.</summary>
    /// <param name="queue">The queue, from 0.</param>
    public void OpenShared(int queue) =>
        Configure(queue, new DmaQueueConfiguration { IsEnabled = true, IsShared = true, PasidEnabled = true, MayBlockOnFault = true });

    /// <summary>Opens a queue of one sender.</summary>
    /// <param name="queue">The queue, from 0.</param>
    /// <param name="pasid">The PASID of all its requests; null for requests without one.</param>
    public void OpenDedicated(int queue, Pasid? pasid) => Configure(queue, new DmaQueueConfiguration
    {
        IsEnabled = true,
        PasidEnabled = pasid is not null,
        Pasid = pasid ?? default,
        MayBlockOnFault = pasid is not null,
    });

    /// <summary>Closes a queue: what it took is still done.</summary>
    /// <param name="queue">The queue, from 0.</param>
    public void Close(int queue) => Configure(queue, default);

    /// <summary>Hands work to a shared queue, as often as it takes until there is room (ENQCMD and its retry).</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="pasid">The PASID of the sender.</param>
    /// <param name="descriptor">The work; addresses are the sender's own.</param>
    /// <param name="cancellationToken">Cancels the wait. The work is handed over all the same.</param>
    /// <exception cref="IommuException">The engine took nothing for 30 s of the machine's time.</exception>
    public ValueTask SubmitAsync(int queue, Pasid pasid, DmaDescriptor descriptor, CancellationToken cancellationToken = default) =>
        SubmitAsync(queue, pasid, descriptor).UnlessCancelled(cancellationToken);

    private async ValueTask SubmitAsync(int queue, Pasid pasid, DmaDescriptor descriptor)
    {
        ICommandPortal portal = Device.Function.Portals[queue];
        byte[] command = new byte[DmaDescriptor.SizeInBytes];
        descriptor.WriteBytes(command);
        Polling polling = new(_scheduler, Patience);
        while (!portal.TryEnqueue(command, pasid))
        {
            Retries++;
            if (!Device.IsReachable || !await polling.NextAsync())
                throw new IommuException(IommuError.DeviceGone, $"{Device} takes no work in queue {queue}. Is the queue open, and the device there?");
        }
    }

    /// <summary>Hands work to a dedicated queue. The caller counts: more than the queue holds is lost.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="descriptor">The work.</param>
    public void Post(int queue, DmaDescriptor descriptor)
    {
        Span<byte> command = stackalloc byte[DmaDescriptor.SizeInBytes];
        descriptor.WriteBytes(command);
        Device.Function.Portals[queue].Post(command);
    }

    /// <summary>Does work in a process and waits until it is done.</summary>
    /// <param name="queue">A shared queue.</param>
    /// <param name="bond">The bond of the engine and the process.</param>
    /// <param name="descriptor">The work, without a completion record.</param>
    /// <param name="record">Where in the process's memory the completion record goes: a multiple of 32, writable.</param>
    /// <param name="cancellationToken">Cancels the wait. The work goes on.</param>
    /// <returns>The record; <see cref="DmaStatus.None"/> if none came within 30 s of the machine's time.</returns>
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
        Polling polling = new(_scheduler, Patience);
        DmaCompletionRecord found;
        do
        {
            await bond.AddressSpace.ReadAsync(record, bytes);
            found = DmaCompletionRecord.FromBytes(bytes);
        }
        while (found.Status == DmaStatus.None && Device.Function.IsPresent && await polling.NextAsync());

        return found;
    }

    /// <summary>Has the engine stop using a PASID: what must be called before a bond is given up.</summary>
    /// <param name="pasid">The PASID. Nobody sends work for it any more.</param>
    /// <param name="abort">Whether work that is not done yet is given up; else it is done.</param>
    /// <param name="cancellationToken">Cancels the wait. The engine is still stopped.</param>
    /// <exception cref="IommuException">The engine did not stop within 30 s of the machine's time.</exception>
    public ValueTask StopAsync(Pasid pasid, bool abort = false, CancellationToken cancellationToken = default) =>
        StopAsync(pasid, abort).UnlessCancelled(cancellationToken);

    private async ValueTask StopAsync(Pasid pasid, bool abort)
    {
        using (await _commands.EnterAsync())
        {
            // One that somebody stopped waiting for may be under way still: the engine refuses another beside it.
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
        if (!await _scheduler.WaitUntil(() => !IsBusy(), Patience))
            throw new IommuException(IommuError.DeviceGone, $"{Device} did not stop using PASID {pasid}. Reset it before the PASID is given up.");
    }

    private bool IsBusy() => Device.IsReachable
        && new DmaEngineCommandStatus(_registers.Read64(DmaEngineRegisters.CommandStatus)).IsActive;

    private void Configure(int queue, DmaQueueConfiguration configuration) =>
        _registers.Write64(DmaEngineRegisters.QueueConfiguration(queue), configuration.Bits);
}
