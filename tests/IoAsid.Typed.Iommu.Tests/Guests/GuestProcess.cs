using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A process of a guest. The guest's operating system uses guest-physical memory and its own PASIDs, and invalidates through its own queue.</summary>
internal sealed class GuestProcess : IAddressSpaceObserver
{
    // A device that was removed, or has no queue after a reset, accepts no work.
    private const int MaximumAttempts = 10_000;

    private readonly IommuFixture _fixture;
    private readonly TestGuest _guest;
    private readonly ulong _status;

    public GuestProcess(IommuFixture fixture, TestGuest guest, PrivateIoAsid pasid, ProcessAddressSpace memory)
    {
        _fixture = fixture;
        _guest = guest;
        Pasid = pasid;
        Memory = memory;
        Work = new TestProcess(memory);
        _status = guest.Frames.Allocate();
        memory.Subscribe(this);
    }

    public PrivateIoAsid Pasid { get; }

    public ProcessAddressSpace Memory { get; }

    public TestProcess Work { get; }

    public GuestPageTable Table => new(Memory.Root, Memory.Levels);

    /// <summary>Gets or sets a value indicating whether the guest omits invalidations.</summary>
    public bool OmitsInvalidation { get; set; }

    public ValueTask<GuestSvaBond> BindAsync(int device = 0) => _guest.Container.BindAsync(Pasid, TestGuest.VirtualId(device), Table);

    public ValueTask<bool> UnbindAsync(int device = 0) => _guest.UnbindAsync(Pasid, TestGuest.VirtualId(device));

    public IoAsidFreeResult Free() => _guest.Container.Free(Pasid);

    /// <summary>Fills pages of the process by a device, with the guest's ENQCMD.</summary>
    public async Task<DmaStatus> FillAsync(int page, int pages, ulong pattern, int device = 0)
    {
        ulong record = Work.NextRecord();
        await Memory.WriteAsync(record, new byte[DmaCompletionRecord.SizeInBytes]);
        if (await SubmitAsync(Descriptor(page, pages, pattern, record), device) != GuestEnqueueResult.Accepted)
            return DmaStatus.None;
        DmaCompletionRecord found = default;
        byte[] bytes = new byte[DmaCompletionRecord.SizeInBytes];
        for (int attempt = 0; attempt < 100_000 && found.Status == DmaStatus.None; attempt++)
        {
            await _fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(1));
            await Memory.ReadAsync(record, bytes);
            found = DmaCompletionRecord.FromBytes(bytes);
        }

        return found.Status;
    }

    /// <summary>Submits work, and does not wait until it is complete.</summary>
    public Task<GuestEnqueueResult> SubmitFillAsync(int page, int pages, ulong pattern, int device = 0) =>
        SubmitAsync(Descriptor(page, pages, pattern, record: 0), device);

    ValueTask IAddressSpaceObserver.InvalidateAsync(AddressRange range, bool onlyLeaves) =>
        OmitsInvalidation ? ValueTask.CompletedTask : InvalidateAsync(DeviceTlbRange.Covering(range.Start, range.Last), onlyLeaves);

    ValueTask IAddressSpaceObserver.ReleaseAsync() => ValueTask.CompletedTask;

    private async ValueTask InvalidateAsync(DeviceTlbRange pages, bool onlyLeaves)
    {
        List<Bits256> descriptors =
        [
            new PasidIotlbInvalidation
            {
                Granularity = PasidIotlbGranularity.Page,
                Pasid = new Pasid(Pasid.Value),
                Address = pages.Address,
                AddressMask = (byte)pages.Order,
                InvalidationHint = onlyLeaves,
            }.Bits,
        ];
        foreach (GuestDevice device in _guest.Devices)
        {
            (ulong address, bool size) = pages.Encode();
            descriptors.Add(new PasidDeviceTlbInvalidation
            {
                SourceId = device.VirtualRequester,
                Pasid = new Pasid(Pasid.Value),
                Address = address,
                Size = size,
            }.Bits);
        }

        descriptors.Add(new InvalidationWait { StatusWrite = true, StatusAddress = _status, StatusData = 1 }.Bits);
        _guest.Container.Memory.WriteUInt32(_status, 0);
        foreach (Bits256 descriptor in descriptors)
            Assert.Equal(InvalidationQueueError.None, await _guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)));
        Assert.Equal(1u, _guest.Container.Memory.ReadUInt32(_status));
    }

    private DmaDescriptor Descriptor(int page, int pages, ulong pattern, ulong record)
    {
        DmaDescriptor fill = Work.Fill(page, pages, pattern);
        return record == 0 ? fill : fill with { CompletionRecord = record, Flags = fill.Flags | DmaDescriptorFlags.RequestCompletion };
    }

    private async Task<GuestEnqueueResult> SubmitAsync(DmaDescriptor descriptor, int device)
    {
        byte[] command = new byte[DmaDescriptor.SizeInBytes];
        descriptor.WriteBytes(command);
        GuestEnqueueResult result = GuestEnqueueResult.Retry;
        for (int attempt = 0; attempt < MaximumAttempts && result == GuestEnqueueResult.Retry; attempt++)
        {
            result = _guest.Processor.TryEnqueue(Pasid, _guest.Devices[device], IommuFixture.SharedQueue, command);
            if (result == GuestEnqueueResult.Retry)
                await _fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(1));
        }

        return result;
    }
}
