using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The registers as software sees them (VT-d 11.4): access rules, both widths, and side effects of each half.</summary>
public sealed class UnitRegisterTests
{
    [Theory]
    // The read-only registers VER, CAP, ECAP, GSTS, IQH, IQERCD, VCRSP and VCCAP.
    [InlineData(0x00)]
    [InlineData(0x08)]
    [InlineData(0x10)]
    [InlineData(0x80)]
    [InlineData(0xB0)]
    [InlineData(0xE10)]
    [InlineData(0xE30)]
    public void Read_only_registers_ignore_writes(uint offset)
    {
        using UnitFixture fixture = new();
        ulong before = fixture.Registers.Read64(offset);

        fixture.Registers.Write64(offset, ~before);
        fixture.Registers.Write32(offset, ~(uint)before);
        fixture.Registers.Write32(offset + 4, ~(uint)(before >> 32));

        Assert.Equal(before, fixture.Registers.Read64(offset));
    }

    [Theory]
    // The register, and the value after a write of ones: RTADDR 63:10, IQA 63:11 and 2:0, IQT 18:4, PQH 18:5, PQA 63:12 and 2:0, FEDATA, IEADDR 31:2 (upper addresses need ECAP.EIM).
    [InlineData(0x20, 0xFFFF_FFFF_FFFF_FC00)]
    [InlineData(0x88, 0x7_FFF0)]
    [InlineData(0x90, 0xFFFF_FFFF_FFFF_F807)]
    [InlineData(0xC0, 0x7_FFE0)]
    [InlineData(0xD0, 0xFFFF_FFFF_FFFF_F007)]
    [InlineData(0xA8, 0xFFFF_FFFC)]
    public void Registers_store_only_their_bits(uint offset, ulong expected)
    {
        using UnitFixture fixture = new();
        fixture.Registers.Write64(offset, ulong.MaxValue);
        ulong found = fixture.Registers.Read64(offset);

        // Address bits above HAW may be stored or not.
        ulong host = (1UL << 46) - 1;
        Assert.Equal(expected & host, found & host);
    }

    [Theory]
    [InlineData(0x20, 0x0012_3456_7800_0400)]
    [InlineData(0x90, 0x0012_3456_7800_0801)]
    public void A_register_may_be_written_in_two_halves_in_either_order(uint offset, ulong value)
    {
        value &= (1UL << 46) - 1;
        foreach (bool highFirst in (bool[])[false, true])
        {
            using UnitFixture fixture = new();
            fixture.Registers.Write32(highFirst ? offset + 4 : offset, (uint)(highFirst ? value >> 32 : value));
            fixture.Registers.Write32(highFirst ? offset : offset + 4, (uint)(highFirst ? value : value >> 32));

            Assert.Equal(value, fixture.Registers.Read64(offset));
            Assert.Equal((uint)(value >> 32), fixture.Registers.Read32(offset + 4));
        }
    }

    [Fact]
    public void Two_registers_of_32_bits_may_be_written_at_once()
    {
        using UnitFixture fixture = new();
        fixture.Registers.Write64(0x38, 0x1234UL << 32);

        Assert.Equal((0u, 0x1234u), (fixture.Registers.Read32(0x38), fixture.Registers.Read32(0x3C)));
    }

    [Fact]
    public void Status_is_cleared_by_ones_only()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue();
        fixture.Submit(Descriptor.WaitInterrupt);
        Assert.Equal(1u, fixture.Registers.Read32(0x9C));

        fixture.Registers.Write32(0x9C, 0xFFFF_FFFE);
        Assert.Equal(1u, fixture.Registers.Read32(0x9C));
        fixture.Registers.Write32(0x9C, 1);
        Assert.Equal(0u, fixture.Registers.Read32(0x9C));
    }

    [Theory]
    // CCMD has ICC 63, CIRG 62:61 and CAIG 60:59, the actual granularity. IOTLB has IVT 63, IIRG 61:60 and IAIG 58:57. The write of the high half starts the command.
    [InlineData(0x28, 1UL << 63 | 1UL << 61, 59)]
    [InlineData(0x508, 1UL << 63 | 1UL << 60, 57)]
    public void Register_invalidation_starts_with_the_high_half(uint offset, ulong command, int done)
    {
        using UnitFixture fixture = new();
        fixture.Registers.Write32(offset, (uint)command);
        Assert.Equal(0UL, fixture.Registers.Read64(offset) >> done & 3);
        fixture.Registers.Write32(offset + 4, (uint)(command >> 32));

        Assert.Equal((0UL, 1UL), (fixture.Registers.Read64(offset) >> 63, fixture.Registers.Read64(offset) >> done & 3));
        Assert.Empty(fixture.Reports);
    }

    [Theory]
    [InlineData(0x28, 1UL << 63 | 1UL << 61, "CCMD")]
    [InlineData(0x508, 1UL << 63 | 1UL << 60, "IOTLB")]
    public void Invalidation_by_registers_while_the_queue_is_on_is_reported(uint offset, ulong command, string name)
    {
        using UnitFixture fixture = new();
        fixture.EnableQueue();
        fixture.Registers.Write64(offset, command);

        Assert.Contains(name, Assert.Single(fixture.Reports), StringComparison.Ordinal);
    }

    [Theory]
    // A correct write is the status with one changed bit, without the one-shot bits (VT-d 11.4.4.1).
    [InlineData(1u << 26 | 1u << 30, "more than one")]
    [InlineData(1u << 31 | 1u << 26, "more than one")]
    [InlineData(1u << 25, "no interrupt remapping")]
    [InlineData(1u << 24, "no interrupt remapping")]
    [InlineData(1u << 23, "no interrupt remapping")]
    [InlineData(1u << 28, "no advanced fault log")]
    [InlineData(1u << 29, "no advanced fault log")]
    [InlineData(1u << 27, "no write buffer")]
    [Specification("11.4.4.1/6")]
    public void Misuse_of_GCMD_is_reported(uint command, string report)
    {
        using UnitFixture fixture = new();
        fixture.Registers.Write32(0x18, command);

        Assert.Contains(fixture.Reports, text => text.Contains(report, StringComparison.Ordinal));
    }

    [Fact]
    [Specification("11.4.4.1/6")]
    public void With_RWBF_a_flush_of_the_write_buffer_completes_at_once()
    {
        VtdCapabilities legacy = UnitFixture.LegacyOptions.Capabilities;
        using UnitFixture fixture = new(UnitFixture.LegacyOptions with
        {
            Capabilities = legacy with { Capability = legacy.Capability with { WriteBufferFlushRequired = true } },
        });
        fixture.Command(1u << 27);

        Assert.Equal((0u, 0), (fixture.Registers.Read32(0x1C), fixture.Reports.Count));
    }

    [Fact]
    public void Correct_use_of_GCMD_is_not_reported()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue();
        Assert.Equal(1u << 31 | 1u << 30 | 1u << 26, fixture.Registers.Read32(0x1C));
        fixture.Clear(1u << 31);
        fixture.Clear(1u << 26);

        Assert.Equal((1u << 30, 0u), (fixture.Registers.Read32(0x1C), fixture.Registers.Read32(0x18)));
        Assert.Empty(fixture.Reports);
    }

    [Fact]
    public void A_command_without_TE_keeps_the_records()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        fixture.Clear(1u << 31);
        PageRequestMessage request = new(UnitFixture.Device, 0x1000, 1, Read: true, Write: false, IsLast: true);
        fixture.Unit.Receive(request);
        fixture.RunBriefly();
        fixture.EnableQueue();
        fixture.Unit.Receive(request);
        fixture.RunBriefly();

        Assert.Equal((true, true), (fixture.Record(0).Fault, fixture.Record(1).Fault));
    }

    [Fact]
    public void Commands_are_observed()
    {
        using UnitFixture fixture = new();
        List<UnitEvent> seen = fixture.RecordEvents();
        fixture.EnableQueue();

        Assert.Equal([new UnitEvent(UnitEventKind.Command, default, default, 0x18, 1u << 26)], seen);
    }

    [Fact]
    public void Unaligned_accesses_throw()
    {
        using UnitFixture fixture = new();

        Assert.Throws<ArgumentException>(() => fixture.Registers.Read32(2));
        Assert.Throws<ArgumentException>(() => fixture.Registers.Read64(4));
        Assert.Throws<ArgumentException>(() => fixture.Registers.Write32(2, 0));
        Assert.Throws<ArgumentException>(() => fixture.Registers.Write64(4, 0));
    }
}
