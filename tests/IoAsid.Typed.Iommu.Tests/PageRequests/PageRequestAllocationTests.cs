using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The allocations of page requests in the steady state, which must be zero. Nothing observes the machine.</summary>
public sealed class PageRequestAllocationTests
{
    private const int Pages = 64;
    private const int GroupSize = 2;

    private readonly EmulatedMachine _machine = new(new MachineOptions
    {
        Scheduler = new SchedulerOptions(),
        Ram = [new MemoryRange(0, 0x1000_0000)],
        Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = new VtdCapabilities(IommuFixture.Capability, IommuFixture.ExtendedCapability, 48) })],
    });

    private readonly EmulatedDmaEngine _engine;

    public PageRequestAllocationTests() => _engine = _machine.AddFunction(0, new RequesterId(0, 2, 0), context => new EmulatedDmaEngine(context));

    [Fact]
    public void A_page_request_allocates_nothing_from_the_fabric_to_the_response()
    {
        ProcessAddressSpace process = null!;
        Pasid pasid = default;
        _machine.Run(async () => (process, pasid) = await StartAsync());
        ulong area = process.Map(Pages * AddressRange.PageSize, MemoryRights.ReadWrite).Range.Start;
        // The first round brings the pages in.
        Request(area, pasid);

        Assert.Equal(0, SteadyState.AllocatedBy(() => Request(area, pasid)));
        Assert.Equal(Pages, process.ResidentPages);
    }

    private async Task<(ProcessAddressSpace Process, Pasid Pasid)> StartAsync()
    {
        IommuSubsystem subsystem = await IommuSubsystem.StartAsync(_machine);
        IommuDevice device = await subsystem.AddAsync(_engine);
        await device.EnableSharedVirtualAddressingAsync();
        ProcessAddressSpace process = subsystem.CreateProcess("measured");
        return (process, (await subsystem.BindAsync(device, process)).Pasid);
    }

    private void Request(ulong area, Pasid pasid)
    {
        for (int page = 0; page < Pages; page++)
        {
            bool isLast = page % GroupSize == GroupSize - 1;
            _machine.Units[0].Vtd.Receive(new PageRequestMessage(
                _engine.RequesterId, area + (ulong)page * AddressRange.PageSize, page / GroupSize, Read: true, Write: true, isLast, new PasidPrefix(pasid)));
        }

        _machine.Run();
    }
}
