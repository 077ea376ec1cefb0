using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace Samples;

/// <summary>A dedicated queue of an engine, with one command at a time. All requests carry one PASID.</summary>
public sealed class EngineQueue
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(1);

    private readonly EmulatedMachine _machine;
    private readonly ICommandPortal _portal;
    private readonly ulong _record;
    private readonly ulong _recordPage;

    /// <summary>Enables the engine's PASIDs, device TLB and page requests, in this order, and the queue.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="queue">The zero-based number of the queue.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="record">The address of completion records, in the address space of the PASID.</param>
    /// <param name="recordPage">The physical address of the page of completion records.</param>
    public EngineQueue(EmulatedMachine machine, EmulatedDmaEngine engine, int queue, Pasid pasid, ulong record, ulong recordPage)
    {
        _machine = machine;
        _portal = engine.Portals[queue];
        _record = record;
        _recordPage = recordPage;
        engine.BusMasterEnabled = true;
        engine.Pasid!.Enabled = true;
        engine.Ats!.Enabled = true;
        engine.Pri!.Enabled = true;
        engine.Registers.Write64(
            DmaEngineRegisters.QueueConfiguration(queue),
            new DmaQueueConfiguration { IsEnabled = true, PasidEnabled = true, MayBlockOnFault = true, Pasid = pasid }.Bits);
    }

    /// <summary>Sends a command.</summary>
    public void Post(DmaDescriptor command)
    {
        _machine.Memory.WriteUInt64(_recordPage, 0);
        byte[] bytes = new byte[DmaDescriptor.SizeInBytes];
        (command with { Flags = command.Flags | DmaDescriptorFlags.RequestCompletion, CompletionRecord = _record }).WriteBytes(bytes);
        _portal.Post(bytes);
    }

    /// <summary>Waits until the command is complete.</summary>
    public async Task<DmaCompletionRecord> CompleteAsync()
    {
        if (!await _machine.Scheduler.WaitUntil(() => (byte)_machine.Memory.ReadUInt64(_recordPage) != 0, WaitTimeout))
            throw new TimeoutException("The engine did not complete the command in time.");
        byte[] record = new byte[DmaCompletionRecord.SizeInBytes];
        _machine.Memory.Read(_recordPage, record);
        return DmaCompletionRecord.FromBytes(record);
    }
}
