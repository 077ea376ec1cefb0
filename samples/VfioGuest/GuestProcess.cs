using IoAsid.Typed;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

namespace VfioGuest;

/// <summary>A process of a guest that submits work on its own pointers to the engine. Its page tables are in the guest's memory, and the guest changes them.</summary>
internal sealed class GuestProcess : IAddressSpaceObserver
{
    public const int Queue = 0;
    public const ulong Pages = 16;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    private readonly GuestSystem _guest;
    private readonly ulong _record;

    public GuestProcess(GuestSystem guest, PrivateIoAsid pasid, ProcessAddressSpace memory)
    {
        _guest = guest;
        Pasid = pasid;
        Memory = memory;
        Data = memory.Map(Pages * AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        _record = memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        memory.Subscribe(this);
    }

    public PrivateIoAsid Pasid { get; }

    public ProcessAddressSpace Memory { get; }

    public ulong Data { get; }

    /// <summary>Unmaps the pages of the process, and maps new ones.</summary>
    public async Task DiscardAsync()
    {
        await Memory.UnmapAsync(new AddressRange(Data, Pages * AddressRange.PageSize));
        Memory.Map(Pages * AddressRange.PageSize, MemoryRights.ReadWrite, at: Data);
    }

    /// <summary>Fills the pages of the process by the engine.</summary>
    public Task<DmaStatus> FillAsync(IScheduler scheduler) => FillAsync(scheduler, Data);

    /// <summary>Fills pages at an address by the engine.</summary>
    public async Task<DmaStatus> FillAsync(IScheduler scheduler, ulong address)
    {
        await Memory.WriteAsync(_record, new byte[DmaCompletionRecord.SizeInBytes]);
        GuestEnqueueResult sent;
        while ((sent = Submit(address)) == GuestEnqueueResult.Retry)
            await scheduler.Yield();
        if (sent == GuestEnqueueResult.Fault)
            return DmaStatus.NotAccepted;
        DmaStatus status;
        while ((status = (DmaStatus)(byte)await Memory.ReadUInt64Async(_record)) == DmaStatus.None)
            await scheduler.Delay(TimeSpan.FromMicroseconds(1));
        return status;
    }

    /// <summary>Executes ENQCMD once. The processor inserts the host's PASID, which the guest does not know.</summary>
    public GuestEnqueueResult Submit() => Submit(Data);

    private GuestEnqueueResult Submit(ulong address)
    {
        byte[] command = new byte[DmaDescriptor.SizeInBytes];
        new DmaDescriptor
        {
            Operation = DmaOperation.Fill,
            Flags = DmaDescriptorFlags.BlockOnFault | DmaDescriptorFlags.RequestCompletion,
            CompletionRecord = _record,
            Destination = address,
            Length = (uint)(Pages * AddressRange.PageSize),
            Operand = Pattern,
        }.WriteBytes(command);
        return _guest.Processor.TryEnqueue(Pasid, _guest.Device, Queue, command);
    }

    // The guest changed its tables. It invalidates with its own ids, and continues when the wait descriptor completes.
    async ValueTask IAddressSpaceObserver.InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        await InvalidateAsync(new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, Pasid = new Pasid(Pasid.Value )}.Bits);
        await InvalidateAsync(new PasidDeviceTlbInvalidation
        {
            SourceId = new RequesterId(GuestSystem.Engine.Value),
            Pasid = new Pasid(Pasid.Value),
            Range = DeviceTlbRange.Everything,
        }.Bits);
        await InvalidateAsync(new InvalidationWait { Fence = true }.Bits);
    }

    ValueTask IAddressSpaceObserver.ReleaseAsync() => ValueTask.CompletedTask;

    private async ValueTask InvalidateAsync(Bits256 descriptor)
    {
        InvalidationQueueError error = await _guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor));
        if (error != InvalidationQueueError.None)
            throw new InvalidOperationException($"The unit refused {new InvalidationDescriptor(descriptor)}: {error}.");
    }
}
