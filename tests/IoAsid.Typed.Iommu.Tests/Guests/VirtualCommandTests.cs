using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>An operating system that is a guest allocates its PASIDs in the hypervisor (VT-d 11.4.36, virtual commands).</summary>
public sealed class VirtualCommandTests
{
    private const int Seeds = 10;
    private const ulong Pattern = 0xFEED_FACE_CAFE_BEEF;

    private static FixtureOptions Virtual(uint pasids) => new() { CachingMode = true, VirtualCommandPasids = pasids };

    [Fact]
    public void Processes_get_PASIDs_of_the_hypervisor_and_free_them() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            for (int life = 0; life < 4; life++)
            {
                SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
                Assert.Equal(1u, bond.Pasid.Value);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, page: life, pages: 1, Pattern)).Status);
                await fixture.UnbindAllAsync([bond]);
            }

            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        Virtual(pasids: 1));

    [Fact]
    public void An_exhausted_hypervisor_is_a_failure_and_not_an_exception() => InOneStep(
        fixture =>
        {
            IoAsidSet<SvaBinding> set = fixture.Subsystem.SvaSet;
            List<IoAsidFaultEventArgs> faults = [];
            fixture.Subsystem.Pasids.Faulted += (_, fault) => faults.Add(fault);
            IoAsidHandle<SvaBinding>[] all = [set.Allocate(), set.Allocate()];

            Assert.False(set.TryAllocate(data: null, out _, out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.AllocatorRefused, failure);
            Assert.Equal([1u, 2u], all.Select(handle => handle.Id.Value));
            all[0].Free();
            Assert.Equal(1u, set.Allocate().Id.Value);
            Assert.Empty(faults);
            set.FreeAll();
        },
        Virtual(pasids: 2));

    [Fact]
    public void A_PASID_outside_the_requested_range_is_freed_again() => InOneStep(
        fixture =>
        {
            IoAsidSet<SvaBinding> set = fixture.Subsystem.SvaSet;

            Assert.False(set.TryAllocate(data: null, 100, 200, out _, out IoAsidAllocationFailure failure));

            Assert.Equal(IoAsidAllocationFailure.AllocatorRefused, failure);
            Assert.Equal(1u, set.Allocate().Id.Value);
            set.FreeAll();
        },
        Virtual(pasids: 1));

    [Fact]
    public void All_units_share_the_number_space_of_the_hypervisor() => InOneStep(
        fixture =>
        {
            IoAsidSet<SvaBinding> set = fixture.Subsystem.SvaSet;
            Assert.Equal([1u, 2u, 3u], new[] { set.Allocate(), set.Allocate(), set.Allocate() }.Select(handle => handle.Id.Value));
            Assert.False(set.TryAllocate(data: null, out _, out _));
            set.FreeAll();
        },
        Virtual(pasids: 3) with { Units = 2 });

    [Fact]
    public void Virtual_commands_are_not_used_without_caching_mode() => InOneStep(
        fixture =>
        {
            IoAsidSet<SvaBinding> set = fixture.Subsystem.SvaSet;
            Assert.Equal([1u, 2u], new[] { set.Allocate(), set.Allocate() }.Select(handle => handle.Id.Value));
            set.FreeAll();
        },
        new FixtureOptions { VirtualCommandPasids = 1 });

    /// <summary>The free callback of the Linux extension compared an error pointer with NULL, and returned only PASIDs without data.</summary>
    [Fact]
    public void PASIDs_with_and_without_data_are_freed_in_the_hypervisor() => InOneStep(
        fixture =>
        {
            IoAsidSet<AuxiliaryDomain> set = fixture.Subsystem.AuxiliarySet;
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            foreach (AuxiliaryDomain? data in new[] { domain, null, domain })
                Assert.Equal(IoAsidFreeResult.Reclaimed, set.Allocate(data).Free());
            Assert.Equal(1u, set.Allocate(domain).Id.Value);
            set.FreeAll();
            domain.Domain.Free();
        },
        Virtual(pasids: 1));

    public static TheoryData<ulong, bool, string> Answers => new()
    {
        { new VirtualCommandResponseRegister { Result = 7 }.Bits.Value, true, "" },
        { new VirtualCommandResponseRegister { Result = 7, Status = VirtualCommandStatus.UndefinedCommand }.Bits.Value, false, "UndefinedCommand" },
        { new VirtualCommandResponseRegister { Result = 7, Status = (VirtualCommandStatus)99 }.Bits.Value, false, "99" },
        { new VirtualCommandResponseRegister { InProgress = true }.Bits.Value, false, "has not completed" },
        { ulong.MaxValue, false, "has not completed" }, // A removed unit reads as all ones.
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Any_response_of_a_hypervisor_is_a_number_or_a_named_error(ulong response, bool isNumber, string message)
    {
        FixedResponse registers = new(response);
        VirtualCommandAllocator allocator = new("dmar0", new DriverRegisters(registers), numberSpace: registers);
        if (isNumber)
        {
            Assert.Equal(7u, allocator.Allocate(1, 100));
            return;
        }

        Assert.Contains(message, Assert.Throws<IommuException>(() => allocator.Allocate(1, 100)).Message, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Throws<IommuException>(() => allocator.Free(7)).Message, StringComparison.Ordinal);
        Assert.InRange(registers.Reads, 1, (2 * VirtualCommandAllocator.MaximumReads) + 4);
    }

    [Theory]
    [InlineData(8, 100)]
    [InlineData(1, 6)]
    public void A_number_outside_of_the_range_is_freed_at_once(uint min, uint max)
    {
        ScriptedRegisters registers = new() { [RegisterOffsets.VirtualCommandResponse] = new VirtualCommandResponseRegister { Result = 7 }.Bits.Value };
        VirtualCommandAllocator allocator = new("dmar0", new DriverRegisters(registers), numberSpace: registers);

        Assert.Null(allocator.Allocate(min, max));

        VirtualCommandRegister last = new() { Bits = new Bits64(registers[RegisterOffsets.VirtualCommand]) };
        Assert.Multiple(
            () => Assert.Equal(2, registers.Written.Count),
            () => Assert.Equal(VirtualCommand.FreePasid, last.Command),
            () => Assert.Equal(7UL, last.Operand));
    }

    [Fact]
    public void A_command_is_written_after_the_previous_one_completed()
    {
        ScriptedRegisters registers = new() { [RegisterOffsets.VirtualCommandResponse] = new VirtualCommandResponseRegister { InProgress = true }.Bits.Value };
        int before = -1;
        registers.BeforeRead[RegisterOffsets.VirtualCommandResponse] = () =>
        {
            before = registers.Written.Count;
            registers[RegisterOffsets.VirtualCommandResponse] = new VirtualCommandResponseRegister { Result = 7 }.Bits.Value;
        };

        Assert.Equal(7u, new VirtualCommandAllocator("dmar0", new DriverRegisters(registers), numberSpace: registers).Allocate(1, 100));

        Assert.Equal(0, before);
    }

    private static void InOneStep(Action<IommuFixture> test, FixtureOptions options) => IommuFixture.Run(
        Seeds,
        fixture =>
        {
            test(fixture);
            return Task.CompletedTask;
        },
        options);

    /// <summary>A unit whose response register never changes.</summary>
    private sealed class FixedResponse(ulong response) : IRegisterBlock
    {
        public int Reads { get; private set; }

        public uint Read32(uint offset) => (uint)Read64(offset);

        public ulong Read64(uint offset)
        {
            Reads++;
            return response;
        }

        public void Write32(uint offset, uint value)
        {
        }

        public void Write64(uint offset, ulong value)
        {
        }
    }
}
