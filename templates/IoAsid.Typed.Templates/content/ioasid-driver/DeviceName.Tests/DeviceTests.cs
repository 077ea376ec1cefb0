using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Testing;
using IoAsid.Typed.Vtd;

namespace DeviceName.Tests;

/// <summary>The driver and the device over many interleavings. A failure names its seed, and IOASID_SEED=7 runs that seed only.</summary>
public sealed class DeviceTests
{
    private const int Seeds = 50;

    [Fact]
    public void Device_adds_bytes_of_a_process() => SeededTest.Run(Seeds, seed =>
    {
        ulong? sum = null;

        MachineChecker checker = Play(seed, DeviceMisbehaviour.None, async (process, driver, bond) =>
        {
            AddressRange bytes = process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range;
            await process.WriteAsync(bytes.Start, new byte[] { 1, 2, 3 });
            sum = await driver.AddAsync(bond, bytes);
        });

        Assert.Equal(6UL, sum);
        checker.AssertNoHarm();
    });

    [Fact]
    public void Bytes_that_are_not_mapped_are_a_fault() => SeededTest.Run(Seeds, seed =>
    {
        ulong? sum = 0;

        MachineChecker checker = Play(seed, DeviceMisbehaviour.None, async (process, driver, bond) =>
        {
            AddressRange bytes = process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range;
            await process.UnmapAsync(bytes);
            sum = await driver.AddAsync(bond, bytes);
        });

        Assert.Null(sum);
        checker.AssertNoHarm();
    });

    [Fact]
    public void Device_that_keeps_its_translations_is_found() => SeededTest.Run(Seeds, seed =>
    {
        MachineChecker checker = Play(seed, DeviceMisbehaviour.KeepsInvalidatedTranslations, async (process, driver, bond) =>
        {
            AddressRange bytes = process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range;
            await driver.AddAsync(bond, bytes);
            await process.UnmapAsync(bytes);
            await driver.AddAsync(bond, bytes);
        });

        checker.AssertFound(FindingKind.UsedAfterInvalidation);
    });

    private static MachineChecker Play(ulong seed, DeviceMisbehaviour misbehaviour, Func<ProcessAddressSpace, DeviceDriver, SvaBond, Task> work)
    {
        EmulatedMachine machine = new(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = seed },
            Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = VtdCapabilities.Everything })],
        });
        EmulatedDevice device = machine.AddFunction(0, new RequesterId(0, 2, 0), context => new EmulatedDevice(context));
        device.Misbehaviour = misbehaviour;
        MachineChecker checker = MachineChecker.Watch(machine);
        machine.Run(async () =>
        {
            await using IommuSubsystem iommu = await IommuSubsystem.StartAsync(machine);
            IommuDevice plugged = await iommu.AddAsync(device);
            await plugged.EnableSharedVirtualAddressingAsync();
            DeviceDriver driver = new(plugged);
            ProcessAddressSpace process = iommu.CreateProcess("worker");
            SvaBond bond = await iommu.BindAsync(plugged, process);
            await work(process, driver, bond);
            // The device stops before the bond ends, so that the drain finds nothing new.
            await driver.StopAsync(bond.Pasid);
            await bond.DisposeAsync();
        });
        machine.Run();
        return checker;
    }
}
