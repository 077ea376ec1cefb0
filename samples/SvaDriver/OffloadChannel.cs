using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace SvaDriver;

/// <summary>The service of a driver to a process: a DMA engine that works on the pointers of the process.</summary>
internal sealed class OffloadChannel : IAsyncDisposable
{
    private const int Queue = 0;
    private const int Records = (int)AddressRange.PageSize / DmaCompletionRecord.SizeInBytes;

    private readonly DmaEngineDriver _engine;
    private readonly SvaBond _bond;
    private readonly ulong _records;
    private int _commands;

    private OffloadChannel(DmaEngineDriver engine, SvaBond bond)
    {
        _engine = engine;
        _bond = bond;
        _records = bond.AddressSpace.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
    }

    public Pasid Pasid => _bond.Pasid;

    public long Retries => _engine.Retries;

    public static async Task<OffloadChannel> OpenAsync(IommuSubsystem iommu, IPciFunction function, ProcessAddressSpace process)
    {
        IommuDevice device = await iommu.AddAsync(function);
        // PASIDs, device TLB and page requests must be enabled before the first bind.
        await device.EnableSharedVirtualAddressingAsync();
        DmaEngineDriver engine = new(device);
        engine.OpenShared(Queue);
        return new OffloadChannel(engine, await iommu.BindAsync(device, process));
    }

    public ValueTask<DmaCompletionRecord> FillAsync(ulong destination, uint bytes, ulong pattern) =>
        RunAsync(new DmaDescriptor { Operation = DmaOperation.Fill, Destination = destination, Length = bytes, Operand = pattern });

    public ValueTask<DmaCompletionRecord> CopyAsync(ulong source, ulong destination, uint bytes) =>
        RunAsync(new DmaDescriptor { Operation = DmaOperation.Copy, Source = source, Destination = destination, Length = bytes });

    public ValueTask<DmaCompletionRecord> CompareAsync(ulong one, ulong other, uint bytes) =>
        RunAsync(new DmaDescriptor { Operation = DmaOperation.Compare, Source = one, Destination = other, Length = bytes });

    /// <summary>Hands a fill over and does not wait for it.</summary>
    public ValueTask SubmitFillAsync(ulong destination, uint bytes) => _engine.SubmitAsync(Queue, Pasid, new DmaDescriptor
    {
        Operation = DmaOperation.Fill,
        Flags = DmaDescriptorFlags.BlockOnFault,
        Destination = destination,
        Length = bytes,
    });

    public async ValueTask DisposeAsync()
    {
        // The engine stops first, so it sends no new request with this PASID. The disposal of the bond drains the outstanding requests.
        await _engine.StopAsync(Pasid, abort: _bond.AddressSpace.HasExited);
        await _bond.DisposeAsync();
    }

    // The engine requests absent pages, so the process need not touch them first.
    private ValueTask<DmaCompletionRecord> RunAsync(DmaDescriptor work)
    {
        ulong record = _records + (ulong)(_commands++ % Records * DmaCompletionRecord.SizeInBytes);
        return _engine.RunAsync(Queue, _bond, work with { Flags = DmaDescriptorFlags.BlockOnFault }, record);
    }
}
