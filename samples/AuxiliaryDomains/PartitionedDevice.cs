using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Iommu;
using Samples;

namespace AuxiliaryDomains;

/// <summary>One engine with a domain for each queue, and the separation of the domains.</summary>
internal sealed class PartitionedDevice(SampleMachine machine, Account account)
{
    private const int SharedQueue = 3;
    private const ulong Outside = 0x20_0000;

    private IommuSubsystem _iommu = null!;
    private DmaEngineDriver _engine = null!;
    private DevicePart _red = null!;
    private DevicePart _green = null!;
    private DevicePart _blue = null!;
    private int _faults;

    public async Task PlayAsync()
    {
        _iommu = await IommuSubsystem.StartAsync(machine.Hardware);
        _iommu.Units[0].FaultReported += (_, told) => Report(told.Fault);
        IommuDevice device = await _iommu.AddAsync(machine.Engines[0]);
        await device.EnablePasidsAsync();
        _engine = new DmaEngineDriver(device);
        _red = await CreateAsync(queue: 0, "red");
        _green = await CreateAsync(queue: 1, "green");
        _blue = await CreateAsync(queue: 2, "blue");

        await KeepApartAsync();
        await ReachOutsideAsync();
        await AttachAgainAsync();
        await AskForPagesAsync();

        foreach (DevicePart part in (DevicePart[])[_red, _blue])
            await part.DetachAsync();
        foreach (DevicePart part in (DevicePart[])[_red, _green, _blue])
            await part.FreeAsync();
        account.Happened($"all are detached; PASIDs in use: {_iommu.Pasids.GetStatistics().Outstanding}");
        await _iommu.DisposeAsync();
    }

    private async Task KeepApartAsync()
    {
        account.Step("Two queues of one device, each with its own domain. Both write to the same address.");
        await _red.AttachAsync();
        await _green.AttachAsync();
        account.Happened($"red: {await _red.RunAsync(Fill(DevicePart.Data, 0xAAAA))}, PASID {_red.Pasid}, 0x{DevicePart.Data:X} is 0x{_red.FirstWord:X}");
        account.Happened($"green: {await _green.RunAsync(Fill(DevicePart.Data, 0xBBBB))}, PASID {_green.Pasid}, 0x{DevicePart.Data:X} is 0x{_green.FirstWord:X}");
        account.Happened($"the word of red is still 0x{_red.FirstWord:X}");
    }

    private async Task ReachOutsideAsync()
    {
        account.Step("Red accesses an address that its domain does not map.");
        DmaDescriptor read = new() { Operation = DmaOperation.Copy, Source = Outside, Destination = DevicePart.Data, Length = sizeof(ulong) };
        account.Happened($"read from 0x{Outside:X}: {await _red.RunAsync(read)}");
        await FaultsAsync(1);
        account.Happened($"write to 0x{Outside:X}: {await _red.RunAsync(Fill(Outside, 0xDEAD))}; writes are posted, so the engine is not notified that the unit dropped it");
        await FaultsAsync(2);
    }

    private async Task AttachAgainAsync()
    {
        account.Step("Green is detached and attached again. In between its number is allocated for blue.");
        string first = $"{_green.Pasid}";
        await _green.DetachAsync();
        account.Happened($"green is detached: its PASID was {first}, now {(_green.Pasid is { } kept ? $"{kept}" : "none")}");
        await _blue.AttachAsync();
        account.Happened($"blue is attached: PASID {_blue.Pasid}");
        await _green.AttachAsync();
        account.Happened($"green is attached again: PASID {_green.Pasid}, which it owns");
        account.Happened($"blue: {await _blue.RunAsync(Fill(DevicePart.Data, 0xCCCC))}; the word of green is still 0x{_green.FirstWord:X}");
        await _green.DetachAsync();
    }

    private async Task AskForPagesAsync()
    {
        account.Step("A process uses the same device, with page requests. Red requests a page, too.");
        await _engine.Device.EnableSharedVirtualAddressingAsync();
        _engine.OpenShared(SharedQueue);
        ProcessAddressSpace process = _iommu.CreateProcess("editor");
        ulong data = process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        ulong record = process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        SvaBond bond = await _iommu.BindAsync(_engine.Device, process);
        DmaDescriptor mayAsk = Fill(Outside, 0xDEAD) with { Flags = DmaDescriptorFlags.BlockOnFault };
        DmaCompletionRecord served = await _engine.RunAsync(SharedQueue, bond, mayAsk with { Destination = data }, record);
        account.Happened($"the editor's page, PASID {bond.Pasid}: {served.Status}");
        account.Happened($"red's page, PASID {_red.Pasid}: {await _red.RunAsync(mayAsk)}");
        account.Happened($"through the set that the page request handler reads, PASID {_red.Pasid} is {_iommu.SvaBindings.Find(_red.Pasid!.Value.ToRawIoAsid()).Status}");
        await _engine.StopAsync(bond.Pasid);
        await bond.DisposeAsync();
        await process.ExitAsync();
    }

    // Faults are reported in separate steps. A unit omits a fault of a device while an earlier one is pending (VT-d 7.2.1).
    private async Task FaultsAsync(int count) => await machine.Hardware.Scheduler.WaitUntil(() => _faults == count, TimeSpan.FromSeconds(1));

    private void Report(DmaFault fault)
    {
        _faults++;
        account.Happened($"fault reported: {fault.Type} by {fault.Requester}, PASID {fault.Pasid}, at 0x{fault.Address:X}: {fault.Reason}");
    }

    private async Task<DevicePart> CreateAsync(int queue, string name)
    {
        DevicePart part = new(machine.Hardware, _iommu, _engine, queue, name);
        await part.AllocateAsync();
        return part;
    }

    private static DmaDescriptor Fill(ulong destination, ulong pattern) =>
        new() { Operation = DmaOperation.Fill, Destination = destination, Length = sizeof(ulong), Operand = pattern };
}
