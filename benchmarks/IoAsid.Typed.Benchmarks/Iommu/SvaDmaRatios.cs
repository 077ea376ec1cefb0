using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace IoAsid.Typed.Benchmarks.Iommu;

/// <summary>DMA to addresses of a process, against DMA with a fixed mapping. All pages are present and the caches are warm. The row has no goal.</summary>
internal sealed class SvaDmaRatios
{
    private const int Block = 64 << 10;
    private const ulong Window = 0x1000_0000;

    private readonly SvaMachine _machine = new();
    private readonly SvaBond _bond;
    private readonly ulong _data;
    private readonly ulong _record;
    private readonly ulong _fixedRecord;

    private SvaDmaRatios()
    {
        ProcessAddressSpace process = _machine.Subsystem.CreateProcess("bench");
        _data = process.Map(Block, MemoryRights.ReadWrite).Range.Start;
        _record = process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        _bond = _machine.Machine.Run(() => _machine.Subsystem.BindAsync(_machine.Device, process).AsTask());
        ulong frames = _machine.Subsystem.Frames.AllocateContiguous(2 * Block / AddressRange.PageSize);
        _fixedRecord = frames + Block;
        DmaDomain domain = _machine.Subsystem.CreateDomain("fixed");
        _machine.Machine.Run(async () =>
        {
            await domain.MapAsync(new AddressRange(Window, 2 * Block), frames, MemoryRights.ReadWrite);
            _ = await IommuSubsystem.AttachAsync(_machine.Device, domain);
        });
    }

    public static void Measure(RatioTable table)
    {
        SvaDmaRatios ratios = new();
        Sample[] times = Interleaved.Nanoseconds(
            count => ratios._machine.Machine.Run(() => ratios.ShareAsync(count)),
            count => ratios._machine.Machine.Run(() => ratios.FixedAsync(count)));
        table.Add(new("DMA fill of 64 KB through SVA", "", times[0], "the same, fixed mapping", times[1], Goal: null));
    }

    private static DmaDescriptor Fill(ulong destination) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = destination,
        Length = Block,
        Operand = 0x5A5A_5A5A_5A5A_5A5A,
    };

    private async Task ShareAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await _machine.Driver.RunAsync(SvaMachine.SharedQueue, _bond, Fill(_data) with { Flags = DmaDescriptorFlags.BlockOnFault }, _record);
    }

    private async Task FixedAsync(int count)
    {
        IPhysicalMemory memory = _machine.Machine.PhysicalMemory;
        for (int i = 0; i < count; i++)
        {
            memory.WriteUInt32(_fixedRecord, 0);
            _machine.Driver.Post(SvaMachine.PlainQueue, Fill(Window) with
            {
                CompletionRecord = Window + Block,
                Flags = DmaDescriptorFlags.RequestCompletion,
            });
            await _machine.Machine.Scheduler.WaitUntil(() => memory.ReadUInt32(_fixedRecord) != 0, TimeSpan.FromSeconds(1));
        }
    }
}
