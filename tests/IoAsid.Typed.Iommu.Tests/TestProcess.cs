using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A process with an area of data and an area of completion records.</summary>
internal sealed class TestProcess
{
    public const ulong Pages = 64;

    private const ulong RecordBytes = AddressRange.PageSize;
    private int _record;

    public TestProcess(ProcessAddressSpace memory)
    {
        Memory = memory;
        Data = memory.Map(Pages * AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        Records = memory.Map(RecordBytes, MemoryRights.ReadWrite).Range.Start;
    }

    public ProcessAddressSpace Memory { get; }

    public ulong Data { get; }

    public ulong Records { get; }

    public ulong PageAt(int page) => Data + (ulong)page * AddressRange.PageSize;

    /// <summary>Returns the address of the next completion record.</summary>
    public ulong NextRecord() => Records + (ulong)(_record++ * DmaCompletionRecord.SizeInBytes % (int)RecordBytes);

    /// <summary>Returns the descriptor of work that fills pages of the process with a pattern.</summary>
    public DmaDescriptor Fill(int page, int pages, ulong pattern, bool mayAsk = true) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = PageAt(page),
        Length = (uint)(pages * AddressRange.PageSize),
        Operand = pattern,
        Flags = mayAsk ? DmaDescriptorFlags.BlockOnFault : DmaDescriptorFlags.None,
    };

    /// <summary>Fills pages of the process with a pattern, by a device.</summary>
    public ValueTask<DmaCompletionRecord> FillAsync(DmaEngineDriver driver, SvaBond bond, int page, int pages, ulong pattern, bool mayAsk = true) =>
        driver.RunAsync(
            IommuFixture.SharedQueue,
            bond,
            Fill(page, pages, pattern, mayAsk),
            NextRecord());

    public async Task<ulong> WordAsync(int page)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        await Memory.ReadAsync(PageAt(page), bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
