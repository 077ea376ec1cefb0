using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Each register of VT-d chapter 11: its offset, its value after reset, and its writable bits.</summary>
public sealed class RegisterAttributeTests
{
    private const ulong Host = (1UL << 46) - 1;

    /// <summary>Name, offset, width in bits, value after reset, and writable bits. Address bits above the host address width may be stored or not.</summary>
    public static TheoryData<string, uint, int, ulong, ulong> Registers { get; } = new()
    {
        { "VER", 0x000, 32, 0x10, 0 },
        { "reserved", 0x004, 32, 0, 0 },
        { "CAP", 0x008, 64, VtdCapabilities.Everything.Capability.Bits, 0 },
        { "ECAP", 0x010, 64, VtdCapabilities.Everything.ExtendedCapability.Bits, 0 },
        { "GSTS", 0x01C, 32, 0, 0 },
        { "RTADDR", 0x020, 64, 0, 0xFFFF_FFFF_FFFF_FC00 },
        { "reserved", 0x030, 32, 0, 0 },
        { "FSTS", 0x034, 32, 0, 0 },
        { "FECTL", 0x038, 32, 0x8000_0000, 0x8000_0000 },
        { "FEDATA", 0x03C, 32, 0, 0xFFFF },
        { "FEADDR", 0x040, 32, 0, 0xFFFF_FFFC },
        { "FEUADDR", 0x044, 32, 0, 0 },
        { "reserved", 0x048, 64, 0, 0 },
        { "reserved", 0x050, 64, 0, 0 },
        { "reserved", 0x058, 64, 0, 0 },
        { "PMEN", 0x064, 32, 0, 0 },
        { "PLMBASE", 0x068, 32, 0, 0 },
        { "PLMLIMIT", 0x06C, 32, 0, 0 },
        { "PHMBASE", 0x070, 64, 0, 0 },
        { "PHMLIMIT", 0x078, 64, 0, 0 },
        { "IQH", 0x080, 64, 0, 0 },
        { "IQT", 0x088, 64, 0, 0x7_FFF0 },
        { "IQA", 0x090, 64, 0, 0xFFFF_FFFF_FFFF_F807 },
        { "reserved", 0x098, 32, 0, 0 },
        { "ICS", 0x09C, 32, 0, 0 },
        { "IECTL", 0x0A0, 32, 0x8000_0000, 0x8000_0000 },
        { "IEDATA", 0x0A4, 32, 0, 0xFFFF },
        { "IEADDR", 0x0A8, 32, 0, 0xFFFF_FFFC },
        { "IEUADDR", 0x0AC, 32, 0, 0 },
        { "IQERCD", 0x0B0, 64, 0, 0 },
        { "IRTA", 0x0B8, 64, 0, 0 },
        { "PQH", 0x0C0, 64, 0, 0x7_FFE0 },
        { "PQT", 0x0C8, 64, 0, 0x7_FFE0 },
        { "PQA", 0x0D0, 64, 0, 0xFFFF_FFFF_FFFF_F007 },
        { "reserved", 0x0D8, 32, 0, 0 },
        { "PRS", 0x0DC, 32, 0, 0 },
        { "PECTL", 0x0E0, 32, 0x8000_0000, 0x8000_0000 },
        { "PEDATA", 0x0E4, 32, 0, 0xFFFF },
        { "PEADDR", 0x0E8, 32, 0, 0xFFFF_FFFC },
        { "PEUADDR", 0x0EC, 32, 0, 0 },
        { "ECMD", 0x400, 64, 0, 0 },
        { "VCMD_EO", 0xE08, 64, 0, ulong.MaxValue },
        { "VCRSP", 0xE10, 64, 0, 0 },
        { "VCCAP", 0xE30, 64, 0b111, 0 },
        { "FRCD, lower half", 0x220, 64, 0, 0 },
        { "FRCD, upper half", 0x228, 64, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Registers))]
    [Specification(
        "11.2/1", "11.3/1", "11.3/3", "11.4/1", "11.4.1/1", "11.4.7.1/4", "11.4.7.2/1", "11.4.7.3/1", "11.4.7.4/1", "11.4.7.5/1", "11.4.11/1", "11.4.16.4/1")]
    public void A_register_keeps_the_bits_that_software_can_write(string name, uint offset, int width, ulong reset, ulong writable)
    {
        using UnitFixture fixture = new();
        Assert.Equal((name, reset), (name, Read(fixture, offset, width)));

        foreach (ulong written in (ulong[])[ulong.MaxValue, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA, 0])
        {
            Write(fixture, offset, width, written, halves: false);
            Assert.Equal((name, (reset & ~writable | written & writable) & Host), (name, Read(fixture, offset, width) & Host));
            Write(fixture, offset, width, ~written, halves: true);
            Assert.Equal((name, (reset & ~writable | ~written & writable) & Host), (name, Read(fixture, offset, width) & Host));
        }
    }

    [Theory]
    [InlineData(0, 1, 0x10u)]
    [InlineData(0, 6, 0x60u)]
    [InlineData(0, 15, 0xF0u)]
    [Specification("11.4.1/1")]
    public void VER_has_the_major_version(uint minor, byte major, uint expected)
    {
        using UnitFixture fixture = new(UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { MajorVersion = major } });

        Assert.Equal(expected | minor, fixture.Registers.Read32(0));
    }

    [Theory]
    // The causes, the status register, its bits, and the value after a write of 1 to each bit.
    [InlineData("wait", 0x9C, 0b1u)]
    [InlineData("queue error", 0x34, 1u << 4)]
    [InlineData("unexpected completion", 0x34, 1u << 5)]
    [InlineData("time-out", 0x34, 1u << 6)]
    [InlineData("page request", 0xDC, 0b1u)]
    [Specification("11.3/2", "11.4.9.4/1", "11.4.11.4/1")]
    public void Status_is_cleared_by_ones(string cause, uint offset, uint bit)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue();
        fixture.Completes = false;
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        switch (cause)
        {
            case "wait":
                fixture.Submit(Descriptor.WaitInterrupt);
                break;
            case "queue error":
                fixture.Submit(new Descriptor(0));
                break;
            case "unexpected completion":
                fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, 1));
                break;
            case "time-out":
                fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
                fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
                break;
            default:
                fixture.PassThrough(new Pasid(5));
                fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, 3, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5))));
                fixture.RunBriefly();
                break;
        }

        Assert.Equal(bit, fixture.Registers.Read32(offset));
        fixture.Registers.Write32(offset, ~bit);
        Assert.Equal(bit, fixture.Registers.Read32(offset));
        if (cause == "queue error")
            fixture.Set(UnitFixture.Queue, Descriptor.WaitNothing.Low);
        fixture.Registers.Write32(offset, bit);
        Assert.Equal(0u, fixture.Registers.Read32(offset));
    }

    [Fact]
    [Specification("11.4.7.1/3")]
    public void Errors_that_a_unit_cannot_have_are_reserved()
    {
        VtdCapabilities without = UnitFixture.LegacyOptions.Capabilities;
        Assert.Equal(0x13UL, ~FaultStatusRegister.Layout.ReservedMask<Bits64>(without) & 0xFF);
        Assert.Equal(0x3UL, ~FaultStatusRegister.Layout.ReservedMask<Bits64>(without with { ExtendedCapability = default }) & 0xFF);
        Assert.Equal(0x73UL, ~FaultStatusRegister.Layout.ReservedMask<Bits64>(VtdCapabilities.Everything) & 0xFF);
    }

    [Fact]
    [Specification("11.4.4.1/4", "11.4.5/1")]
    public void RTADDR_takes_effect_only_by_SRTP()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Registers.Write64(0x20, UnitFixture.Root | 2 << 10);
        fixture.Registers.Write32(0x18, fixture.Registers.Read32(0x1C) & 0x96FF_FFFF);
        Assert.Equal(FaultReason.PasidEntryNotPresent, fixture.Fault(DmaAccess.Read, 0x1000));

        fixture.Command(1u << 30);
        Assert.Equal(FaultReason.RootTableAddressInvalid, fixture.Fault(DmaAccess.Read, 0x1000));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Specification("11.4.4.1/1", "11.4.4.1/2", "11.4.4.1/3")]
    public void Disabling_translation_invalidates_all_caches_with_scalable_mode(bool scalable)
    {
        UnitOptions options = scalable ? UnitFixture.Options : UnitFixture.LegacyOptions;
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000, options);
        PageTables tables = new(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [0x1000] = 0x50_0000 | EntryBits.ReadWrite };
        fixture.Output(DmaAccess.Read, 0x1000);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);
        tables[0x1000] = 0;
        fixture.Clear(1u << 31);
        Assert.Equal(TranslationKind.Identity, fixture.Translate(DmaAccess.Read, 0x1000).Kind);
        fixture.Command(1u << 31);

        Assert.Equal(scalable ? FaultReason.ContextNotPresent : FaultReason.None, fixture.Fault(DmaAccess.Read, 0x1000));
    }

    [Fact]
    [Specification("11.4.4.1/1", "11.4.4.1/5", "11.4.4.2/1")]
    public void GSTS_reports_what_GCMD_commanded()
    {
        using UnitFixture fixture = new();
        fixture.Command(1u << 30);
        Assert.Equal(1u << 30, fixture.Registers.Read32(0x1C));
        fixture.Command(1u << 26);
        Assert.Equal(1u << 30 | 1u << 26, fixture.Registers.Read32(0x1C));
        fixture.Command(1u << 31);
        Assert.Equal(1u << 31 | 1u << 30 | 1u << 26, fixture.Registers.Read32(0x1C));
        fixture.Clear(1u << 26);
        fixture.Clear(1u << 31);
        Assert.Equal(1u << 30, fixture.Registers.Read32(0x1C));
    }

    private static ulong Read(UnitFixture fixture, uint offset, int width) => width == 64 ? fixture.Registers.Read64(offset) : fixture.Registers.Read32(offset);

    private static void Write(UnitFixture fixture, uint offset, int width, ulong value, bool halves)
    {
        if (width == 32)
        {
            fixture.Registers.Write32(offset, (uint)value);
        }
        else if (halves)
        {
            fixture.Registers.Write32(offset + 4, (uint)(value >> 32));
            fixture.Registers.Write32(offset, (uint)value);
        }
        else
        {
            fixture.Registers.Write64(offset, value);
        }
    }
}
