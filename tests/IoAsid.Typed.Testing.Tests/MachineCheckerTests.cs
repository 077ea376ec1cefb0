using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Testing.Tests;

/// <summary>A process unmaps memory that a DMA engine has just filled, with a correct engine, and with one that keeps its translations.</summary>
public sealed class MachineCheckerTests
{
    private const uint Bytes = 4096;

    [Fact]
    public void Engine_that_behaves_does_no_harm() => SeededTest.Run(seeds: 10, seed =>
    {
        using MachineChecker checker = Play(seed, DeviceMisbehaviour.None);
        checker.AssertNoHarm();
    });

    [Fact]
    public void Translation_kept_after_its_invalidation_is_found() => SeededTest.Run(seeds: 10, seed =>
    {
        using MachineChecker checker = Play(seed, DeviceMisbehaviour.KeepsInvalidatedTranslations);

        Assert.Equal(Engine, checker.AssertFound(FindingKind.UsedAfterInvalidation).Requester);
        MachineCheckException harm = Assert.Throws<MachineCheckException>(checker.AssertNoHarm);
        Assert.NotEmpty(harm.Findings);
        Assert.All(harm.Findings, finding => Assert.Contains(finding.ToString(), harm.Message, StringComparison.Ordinal));
    });

    [Fact]
    public void Missing_finding_is_reported_with_the_findings_there_are()
    {
        using MachineChecker checker = Play(seed: 1, DeviceMisbehaviour.None);

        MachineCheckException missing = Assert.Throws<MachineCheckException>(() => checker.AssertFound(FindingKind.DuplicateResponse));

        Assert.StartsWith("There is no finding of the kind DuplicateResponse.\n", missing.Message, StringComparison.Ordinal);
    }

    private static RequesterId Engine { get; } = new(0, 2, 0);

    private static MachineChecker Play(ulong seed, DeviceMisbehaviour misbehaviour)
    {
        EmulatedMachine machine = new(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = seed },
            Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = VtdCapabilities.Everything })],
        });
        EmulatedDmaEngine engine = machine.AddFunction(0, Engine, context => new EmulatedDmaEngine(context));
        engine.Misbehaviour = misbehaviour;
        MachineChecker checker = MachineChecker.Watch(machine);
        machine.Run(async () => await FillTwiceAsync(machine, engine));
        return checker;
    }

    private static async Task FillTwiceAsync(EmulatedMachine machine, EmulatedDmaEngine engine)
    {
        await using IommuSubsystem iommu = await IommuSubsystem.StartAsync(machine);
        IommuDevice device = await iommu.AddAsync(engine);
        await device.EnableSharedVirtualAddressingAsync();
        ProcessAddressSpace process = iommu.CreateProcess("worker");
        SvaBond bond = await iommu.BindAsync(device, process);
        DmaEngineDriver driver = new(device);
        driver.OpenShared(0);
        ulong record = process.Map(Bytes, MemoryRights.ReadWrite).Range.Start;
        AddressRange buffer = process.Map(Bytes, MemoryRights.ReadWrite).Range;
        DmaDescriptor fill = new() { Operation = DmaOperation.Fill, Flags = DmaDescriptorFlags.BlockOnFault, Destination = buffer.Start, Length = Bytes };

        await driver.RunAsync(0, bond, fill, record);
        await process.UnmapAsync(buffer);
        // The page of the buffer has another owner now.
        ulong other = process.Map(Bytes, MemoryRights.ReadWrite).Range.Start;
        await process.WriteAsync(other, new byte[Bytes]);
        await driver.RunAsync(0, bond, fill, record);

        await driver.StopAsync(bond.Pasid);
        await bond.DisposeAsync();
    }
}
