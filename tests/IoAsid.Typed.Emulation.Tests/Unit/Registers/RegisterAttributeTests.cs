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
        using UnitBench bench = new();
        Assert.Equal((name, reset), (name, Read(bench, offset, width)));

        foreach (ulong written in (ulong[])[ulong.MaxValue, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA, 0])
        {
            Write(bench, offset, width, written, halves: false);
            Assert.Equal((name, (reset & ~writable | written & writable) & Host), (name, Read(bench, offset, width) & Host));
            Write(bench, offset, width, ~written, halves: true);
            Assert.Equal((name, (reset & ~writable | ~written & writable) & Host), (name, Read(bench, offset, width) & Host));
        }
    }

    [Theory]
    [InlineData(0, 1, 0x10u)]
    [InlineData(0, 6, 0x60u)]
    [InlineData(0, 15, 0xF0u)]
    [Specification("11.4.1/1")]
    public void VER_has_the_major_version(uint minor, byte major, uint expected)
    {
        using UnitBench bench = new(UnitBench.Options with { Capabilities = VtdCapabilities.Everything with { MajorVersion = major } });

        Assert.Equal(expected | minor, bench.Registers.Read32(0));
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
        using UnitBench bench = UnitBench.InScalableMode();
        bench.EnableQueue();
        bench.Completes = false;
        bench.Registers.Write64(0xD0, UnitBench.Ring);
        switch (cause)
        {
            case "wait":
                bench.Submit(Descriptor.WaitInterrupt);
                break;
            case "queue error":
                bench.Submit(new Descriptor(0));
                break;
            case "unexpected completion":
                bench.Unit.Receive(new InvalidateCompletionMessage(UnitBench.Device, 1));
                break;
            case "time-out":
                bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
                bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
                break;
            default:
                bench.PassThrough(new Pasid(5));
                bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, 0x1000, 3, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5))));
                bench.RunBriefly();
                break;
        }

        Assert.Equal(bit, bench.Registers.Read32(offset));
        bench.Registers.Write32(offset, ~bit);
        Assert.Equal(bit, bench.Registers.Read32(offset));
        if (cause == "queue error")
            bench.Set(UnitBench.Queue, Descriptor.WaitNothing.Low);
        bench.Registers.Write32(offset, bit);
        Assert.Equal(0u, bench.Registers.Read32(offset));
    }

    [Fact]
    [Specification("11.4.7.1/3")]
    public void Errors_that_a_unit_cannot_have_are_reserved()
    {
        VtdCapabilities without = UnitBench.LegacyOptions.Capabilities;
        Assert.Equal(0x13UL, ~FaultStatusRegister.Layout.ReservedMask<Bits64>(without) & 0xFF);
        Assert.Equal(0x3UL, ~FaultStatusRegister.Layout.ReservedMask<Bits64>(without with { ExtendedCapability = default }) & 0xFF);
        Assert.Equal(0x73UL, ~FaultStatusRegister.Layout.ReservedMask<Bits64>(VtdCapabilities.Everything) & 0xFF);
    }

    [Fact]
    [Specification("11.4.4.1/4", "11.4.5/1")]
    public void RTADDR_takes_effect_only_by_SRTP()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.Registers.Write64(0x20, UnitBench.Root | 2 << 10);
        bench.Registers.Write32(0x18, bench.Registers.Read32(0x1C) & 0x96FF_FFFF);
        Assert.Equal(FaultReason.PasidEntryNotPresent, bench.Fault(DmaAccess.Read, 0x1000));

        bench.Command(1u << 30);
        Assert.Equal(FaultReason.RootTableAddressInvalid, bench.Fault(DmaAccess.Read, 0x1000));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Specification("11.4.4.1/1", "11.4.4.1/2", "11.4.4.1/3")]
    public void Disabling_translation_invalidates_all_caches_with_scalable_mode(bool scalable)
    {
        UnitOptions options = scalable ? UnitBench.Options : UnitBench.LegacyOptions;
        using UnitBench bench = UnitBench.InLegacyMode(0x20_0000, options);
        PageTables tables = new(bench.Memory, 0x20_0000, 4, PageTables.ReadWrite) { [0x1000] = 0x50_0000 | PageTables.ReadWrite };
        bench.Output(DmaAccess.Read, 0x1000);
        bench.Set(UnitBench.Contexts + UnitBench.Device.Value * 16UL, 0);
        tables[0x1000] = 0;
        bench.Clear(1u << 31);
        Assert.Equal(TranslationKind.Identity, bench.Translate(DmaAccess.Read, 0x1000).Kind);
        bench.Command(1u << 31);

        Assert.Equal(scalable ? FaultReason.ContextNotPresent : FaultReason.None, bench.Fault(DmaAccess.Read, 0x1000));
    }

    [Fact]
    [Specification("11.4.4.1/1", "11.4.4.1/5", "11.4.4.2/1")]
    public void GSTS_reports_what_GCMD_commanded()
    {
        using UnitBench bench = new();
        bench.Command(1u << 30);
        Assert.Equal(1u << 30, bench.Registers.Read32(0x1C));
        bench.Command(1u << 26);
        Assert.Equal(1u << 30 | 1u << 26, bench.Registers.Read32(0x1C));
        bench.Command(1u << 31);
        Assert.Equal(1u << 31 | 1u << 30 | 1u << 26, bench.Registers.Read32(0x1C));
        bench.Clear(1u << 26);
        bench.Clear(1u << 31);
        Assert.Equal(1u << 30, bench.Registers.Read32(0x1C));
    }

    private static ulong Read(UnitBench bench, uint offset, int width) => width == 64 ? bench.Registers.Read64(offset) : bench.Registers.Read32(offset);

    private static void Write(UnitBench bench, uint offset, int width, ulong value, bool halves)
    {
        if (width == 32)
        {
            bench.Registers.Write32(offset, (uint)value);
        }
        else if (halves)
        {
            bench.Registers.Write32(offset + 4, (uint)(value >> 32));
            bench.Registers.Write32(offset, (uint)value);
        }
        else
        {
            bench.Registers.Write64(offset, value);
        }
    }
}
