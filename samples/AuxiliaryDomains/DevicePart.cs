using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace AuxiliaryDomains;

/// <summary>A part of a device: a queue with its own domain and buffer.</summary>
internal sealed class DevicePart
{
    public const ulong Data = 0x10_0000;
    private const ulong Record = Data + AddressRange.PageSize;

    private readonly IScheduler _scheduler;
    private readonly DmaEngineDriver _engine;
    private readonly int _queue;
    private readonly AuxiliaryDomain _domain;
    private readonly DmaBuffer _buffer;
    private AuxiliaryAttachment? _attachment;

    public DevicePart(IPlatform platform, IommuSubsystem iommu, DmaEngineDriver engine, int queue, string name)
    {
        _scheduler = platform.Scheduler;
        _engine = engine;
        _queue = queue;
        _domain = iommu.CreateAuxiliaryDomain(name);
        // All parts use the same addresses. Each part has its own memory behind them.
        _buffer = new DmaBuffer(iommu, platform.Memory, _domain.Domain, new AddressRange(Data, 2 * AddressRange.PageSize));
    }

    /// <summary>The PASID; null while the part is detached, because another part may then have the number.</summary>
    public Pasid? Pasid => _domain.Pasid;

    public ulong FirstWord => _buffer[Data];

    public ValueTask AllocateAsync() => _buffer.AllocateAsync();

    public async Task AttachAsync()
    {
        _attachment = await _domain.AttachAsync(_engine.Device);
        _engine.OpenDedicated(_queue, _attachment.Pasid);
    }

    public async Task DetachAsync()
    {
        // The queue accepts no more work, the engine completes the accepted work, and only then the PASID is freed.
        _engine.Close(_queue);
        await _engine.StopAsync(_attachment!.Pasid);
        await _attachment.DisposeAsync();
    }

    public async Task FreeAsync()
    {
        await _buffer.FreeAsync();
        _domain.Domain.Free();
    }

    /// <summary>Submits work to the queue of the part, and waits until it is complete.</summary>
    public async Task<DmaStatus> RunAsync(DmaDescriptor work)
    {
        byte[] record = new byte[DmaCompletionRecord.SizeInBytes];
        _buffer.Write(Record, record);
        _engine.Post(_queue, work with { Flags = work.Flags | DmaDescriptorFlags.RequestCompletion, CompletionRecord = Record });
        await _scheduler.WaitUntil(() => (byte)_buffer[Record] != 0, TimeSpan.FromSeconds(1));
        _buffer.Read(Record, record);
        return DmaCompletionRecord.FromBytes(record).Status;
    }
}
