using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Iommu;
using Samples;

namespace SvaDriver;

/// <summary>The work of a DMA engine for a process: the regular case, then the cases that a driver must handle.</summary>
internal sealed class Offloading(SampleMachine machine, Account account)
{
    private const uint Pages = 32;
    private const uint Bytes = Pages * (uint)AddressRange.PageSize;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    private IommuSubsystem _iommu = null!;
    private ProcessAddressSpace _process = null!;
    private OffloadChannel _channel = null!;

    private PageRequestStatistics PageRequests => _iommu.PageRequestStatistics;

    public async Task PlayAsync()
    {
        _iommu = await IommuSubsystem.StartAsync(machine.Hardware);
        _process = _iommu.CreateProcess("editor");
        await OffloadAsync();
        await ShareQueueAsync();
        await UnmapInUseAsync();
        await ExitBeforeUnbindAsync();
        await _iommu.DisposeAsync();
    }

    private async Task OffloadAsync()
    {
        account.Step("The engine fills, copies and compares memory that the process never touched.");
        _channel = await OffloadChannel.OpenAsync(_iommu, machine.Engines[0], _process);
        ulong source = Allocate();
        ulong copy = Allocate();
        account.Happened($"{_process} is bound to {machine.Engines[0].RequesterId}: PASID {_channel.Pasid}; {_process.ResidentPages} pages are in memory");
        Report($"fill {Pages} pages at 0x{source:X}", await _channel.FillAsync(source, Bytes, Pattern));
        Report($"copy them to 0x{copy:X}", await _channel.CopyAsync(source, copy, Bytes));
        DmaCompletionRecord compared = await _channel.CompareAsync(source, copy, Bytes);
        Report("compare the two", compared, compared.Result == 0 ? "they are the same" : "they differ");
        ulong last = copy + Bytes - sizeof(ulong);
        account.Happened($"the process reads its own pointer 0x{last:X}: 0x{await _process.ReadUInt64Async(last):X16}");
        account.Happened($"{PageRequests.Requests} page requests in {PageRequests.Groups} groups got a response; {_process.ResidentPages} pages are in memory");
    }

    private async Task ShareQueueAsync()
    {
        const int Senders = 24;
        account.Step("24 senders share a queue that holds 4: the portal returns \"retry\" when it is full.");
        ulong buffer = Allocate();
        DmaCompletionRecord[] records = await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender =>
            _channel.FillAsync(buffer + (ulong)sender * AddressRange.PageSize, (uint)AddressRange.PageSize, (ulong)sender).AsTask()));
        account.Happened($"{records.Count(record => record.Status == DmaStatus.Success)} of {Senders} commands succeeded, after {_channel.Retries} retries");
    }

    private async Task UnmapInUseAsync()
    {
        account.Step("The process unmaps half of a buffer while the engine fills it.");
        ulong buffer = Allocate();
        AddressRange half = new(buffer + Bytes / 2, Bytes / 2);
        long before = _process.ResidentPages;
        Task<DmaCompletionRecord> fill = _channel.FillAsync(buffer, Bytes, Pattern).AsTask();
        await machine.Hardware.Scheduler.WaitUntil(() => _process.ResidentPages >= before + Pages / 4, TimeSpan.FromSeconds(1));
        await _process.UnmapAsync(half);
        account.Happened($"unmapped {half}: neither unit nor engine has a translation of it; its memory is free");
        DmaCompletionRecord record = await fill;
        Report("the fill", record, record.Status == DmaStatus.Success ? "it was done before" : $"at 0x{record.FaultAddress:X}, after {record.BytesCompleted} bytes");
    }

    private async Task ExitBeforeUnbindAsync()
    {
        account.Step("The process exits while the engine works for it, before the unbind.");
        for (int command = 0; command < 4; command++)
            await _channel.SubmitFillAsync(Allocate(), Bytes);
        await machine.Hardware.Scheduler.Delay(TimeSpan.FromMicroseconds(10));
        account.Happened($"4 more fills are under way; {_process.ResidentPages} pages are in memory");
        long refused = PageRequests.Refused;
        await _process.ExitAsync();
        account.Happened($"exit: {_process.ResidentPages + _process.TablePages} pages and tables are left, PASID {_channel.Pasid} is {TakenOrFree()}");
        await _channel.DisposeAsync();
        account.Happened($"unbind: the engine is stopped and drained, PASID {_channel.Pasid} is {TakenOrFree()}");
        account.Happened($"groups of page requests: {PageRequests.Groups}, responses: {PageRequests.Responses}, refused since the exit: {PageRequests.Refused - refused}");
    }

    // An allocation of a process, on the stack or the heap, is a range of addresses. Pages are mapped on their first use.
    private ulong Allocate() => _process.Map(Bytes, MemoryRights.ReadWrite).Range.Start;

    private string TakenOrFree() => _iommu.SvaBindings.Contains(_channel.Pasid.ToRawIoAsid()) ? "still taken" : "free";

    private void Report(string operation, DmaCompletionRecord record, string? more = null) =>
        account.Happened($"{operation}: {record.Status}{(more is null ? "" : $", {more}")}");
}
