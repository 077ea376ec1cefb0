using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Virtual commands (VT-d 11.4.16): VCMD at E00h with the operand from bit 16, and VCRSP at E10h with IP 0, SC 7:1, and the result from bit 16.</summary>
public sealed class VirtualCommandTests
{
    private const ulong Allocate = 1;
    private const ulong Undefined = 1 << 1;
    private const ulong Unavailable = 16 << 1;

    [Fact]
    [Specification("11.4.16.1/3", "11.4.16.3/1", "11.4.16.3/2")]
    public void PASIDs_are_allocated_until_exhaustion_and_again_after_a_free()
    {
        using UnitFixture fixture = new(UnitFixture.Options with { VirtualCommandPasids = 3 });

        Assert.Equal(
            [1 << 16, 2 << 16, 3 << 16, Unavailable],
            Enumerable.Range(0, 4).Select(_ => Run(fixture, Allocate)));
        Assert.Equal(0UL, Run(fixture, Free(2)));
        Assert.Equal(2UL << 16, Run(fixture, Allocate));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(0xF_FFFF)]
    [Specification("11.4.16.3/1")]
    public void A_PASID_that_is_not_allocated_cannot_be_freed(ulong number)
    {
        using UnitFixture fixture = new();
        Assert.Equal(1UL << 16, Run(fixture, Allocate));

        Assert.Equal(Unavailable, Run(fixture, Free(number)));
    }

    [Theory]
    [InlineData(1UL << 20)]
    [InlineData(1UL << 47)]
    [Specification("11.4.16.1/4")]
    public void Bits_above_the_PASID_are_ignored(ulong unused)
    {
        using UnitFixture fixture = new();
        Run(fixture, Allocate);

        Assert.Equal(0UL, Run(fixture, Free(1 | unused)));
    }

    [Fact]
    [Specification("11.4.16.3/3", "11.4.16.4/2")]
    public void A_unit_without_PASIDs_has_the_null_command_only()
    {
        using UnitFixture fixture = new(Lacking.Capability("PASID"));

        Assert.Equal(1UL, fixture.Registers.Read64(0xE30));
        Assert.Equal([0, Undefined, Undefined], ((ulong[])[0, Allocate, Free(1)]).Select(command => Run(fixture, command)));
    }

    [Fact]
    public void A_PASID_is_freed_once()
    {
        using UnitFixture fixture = new();
        Run(fixture, Allocate);

        Assert.Equal((0UL, Unavailable), (Run(fixture, Free(1)), Run(fixture, Free(1))));
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(3UL, 1UL << 1)]
    [InlineData(0xFFUL, 1UL << 1)]
    [Specification("11.4.16.1/3", "11.4.16.3/1")]
    public void Other_commands_do_nothing_or_are_undefined(ulong command, ulong expected)
    {
        using UnitFixture fixture = new();

        Assert.Equal(expected, Run(fixture, command));
    }

    [Fact]
    [Specification("11.4.16.1/2")]
    public void A_command_is_in_progress_until_the_unit_has_taken_a_step()
    {
        using UnitFixture fixture = new();
        fixture.Registers.Write64(0xE00, Allocate);
        Assert.Equal(1UL, fixture.Registers.Read64(0xE10));
        fixture.RunBriefly();

        Assert.Equal(1UL << 16, fixture.Registers.Read64(0xE10));
    }

    [Fact]
    [Specification("11.4.16.1/1")]
    public void A_command_written_while_another_is_in_progress_is_ignored()
    {
        using UnitFixture fixture = new();
        Run(fixture, Allocate);
        fixture.Registers.Write64(0xE00, Allocate);
        fixture.Registers.Write64(0xE00, Free(1));
        fixture.Registers.Write32(0xE04, 0xFFFF);
        fixture.RunBriefly();

        Assert.Equal((2UL << 16, Allocate), (fixture.Registers.Read64(0xE10), fixture.Registers.Read64(0xE00)));
        Assert.Equal(3UL << 16, Run(fixture, Allocate));
    }

    [Fact]
    [Specification("11.4.16.2/1")]
    public void Operand_B_stays_while_a_command_is_in_progress()
    {
        using UnitFixture fixture = new();
        fixture.Registers.Write64(0xE08, 0x1234_5678_9ABC_DEF0);
        fixture.Registers.Write64(0xE00, Allocate);
        fixture.Registers.Write64(0xE08, 5);
        fixture.Registers.Write32(0xE0C, 6);
        Assert.Equal(0x1234_5678_9ABC_DEF0UL, fixture.Registers.Read64(0xE08));
        fixture.RunBriefly();
        fixture.Registers.Write32(0xE0C, 6);

        Assert.Equal(0x6_9ABC_DEF0UL, fixture.Registers.Read64(0xE08));
    }

    [Fact]
    [Specification("11.4.16.2/1")]
    public void Revision_3_has_no_operand_B()
    {
        using UnitFixture fixture = new(UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { Revision = VtdRevision.Three } });
        fixture.Registers.Write64(0xE08, ulong.MaxValue);

        Assert.Equal(0UL, fixture.Registers.Read64(0xE08));
    }

    [Fact]
    public void A_write_to_the_low_half_starts_a_command()
    {
        using UnitFixture fixture = new();
        for (int pasid = 1; pasid <= 0x1_0005; pasid++)
            Run(fixture, Allocate);
        ulong free = Free(0x1_0005);
        fixture.Registers.Write32(0xE04, (uint)(free >> 32));
        Assert.Equal(0UL, fixture.Registers.Read64(0xE10) & 1);
        fixture.Registers.Write32(0xE00, (uint)free);
        fixture.RunBriefly();

        Assert.Equal(0UL, fixture.Registers.Read64(0xE10));
        Assert.Equal(0x1_0005UL << 16, Run(fixture, Allocate));
    }

    [Fact]
    public void A_unit_without_the_capability_has_no_such_registers()
    {
        using UnitFixture fixture = new(UnitFixture.With(ecap => ecap with { VirtualCommands = false }));
        fixture.Registers.Write64(0xE08, 5);
        fixture.Registers.Write64(0xE00, Allocate);
        fixture.RunBriefly();

        Assert.All((uint[])[0xE00, 0xE08, 0xE10, 0xE30], register => Assert.Equal((register, 0UL), (register, fixture.Registers.Read64(register))));
    }

    [Fact]
    public void Commands_are_observed()
    {
        using UnitFixture fixture = new();
        List<UnitEvent> seen = fixture.RecordEvents();
        Run(fixture, Allocate);

        Assert.Equal([new UnitEvent(UnitEventKind.Command, default, default, 0xE00, Allocate)], seen);
    }

    private static ulong Free(ulong number) => 2 | number << 16;

    private static ulong Run(UnitFixture fixture, ulong command)
    {
        fixture.Registers.Write64(0xE00, command);
        fixture.RunBriefly();
        return fixture.Registers.Read64(0xE10);
    }
}
