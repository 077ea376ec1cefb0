using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The view of a driver on a machine.</summary>
public sealed class EmulatedMachineTests
{
    private static readonly RequesterId First = new(0, 2, 0);
    private static readonly RequesterId Second = new(1, 0, 0);

    private readonly EmulatedMachine _machine = new(new MachineOptions
    {
        Units =
        [
            FlatUnit.Named("dmar0") with { Functions = [(First, context => new EmulatedDmaEngine(context))] },
            FlatUnit.Named("dmar1") with { Functions = [(Second, context => new EmulatedDmaEngine(context))] },
        ],
    });

    [Fact]
    public void Each_function_is_behind_its_unit()
    {
        IPlatform platform = _machine;

        Assert.Equal(["dmar0", "dmar1"], platform.Units.Select(unit => unit.Name));
        Assert.Equal([First, Second], platform.Units.Select(unit => unit.Functions.Single().RequesterId));
        Assert.True(platform.Units[0].Functions.Single().IsPresent);
        Assert.Equal(4, platform.Units[0].Functions.Single().Portals.Count);
        Assert.Equal(2, platform.Ram.Count);
        Assert.Same(_machine.Scheduler, platform.Scheduler);
    }

    [Fact]
    public void Memory_of_processors_and_of_units_is_the_same()
    {
        _machine.Memory.WriteUInt64(0x1_0000_0000, 42);

        Assert.Equal(42UL, _machine.PhysicalMemory.ReadUInt64(0x1_0000_0000));
        Assert.False(_machine.Memory.TryReadUInt64(0xFEE0_0000, out _));
    }

    [Fact]
    public void Function_is_found_by_type_and_requester_id()
    {
        Assert.Equal(Second, _machine.Function<EmulatedDmaEngine>(Second).RequesterId);
        Assert.Throws<ArgumentException>(() => _machine.Function<EmulatedDmaEngine>(new RequesterId(9, 0, 0)));
    }

    [Fact]
    public void A_function_outside_of_a_machine_has_no_registers()
    {
        EmulatedDmaEngine loose = new(new FunctionContext(First, _machine.Scheduler));

        Assert.False(loose.IsPresent);
        Assert.Throws<InvalidOperationException>(() => loose.Registers);
    }
}
