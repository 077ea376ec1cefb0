using CsCheck;

namespace IoAsid.Typed.Layouts.Tests;

/// <summary>The behaviour of generated code, for each size and each type of field.</summary>
public sealed class StructureTests
{
    [Fact]
    public void Each_size_has_its_container()
    {
        Assert.Equal([1, 2, 4, 8, 16, 32, 64],
            [ByteStructure.SizeInBytes, HalfStructure.SizeInBytes, WordStructure.SizeInBytes, LongStructure.SizeInBytes, PairStructure.SizeInBytes, QuadStructure.SizeInBytes, OctetStructure.SizeInBytes]);
        Assert.IsType<Bits8>(default(ByteStructure).Bits);
        Assert.IsType<Bits512>(default(OctetStructure).Bits);
        Assert.IsType<Bits64>(default(RegisterInLongWord).Bits);
    }

    [Fact]
    public void Fields_are_at_their_bits()
    {
        Assert.Equal((Bits8)0b0101_0001, new ByteStructure { Flag = true, Number = 10 }.Bits);
        Assert.Equal((Bits16)0xC07F, new HalfStructure { Mode = Mode.Test, Small = 127 }.Bits);
        Assert.Equal((Bits32)0x8765_4321U, new WordStructure { All = 0x8765_4321 }.Bits);
        Assert.Equal((Bits64)0x8000_0000UL, new RegisterInLongWord { Top = true }.Bits);
        Assert.Equal((Bits64)(0x1234_5000UL | (0x3FFUL << 52) | (1UL << 63)), new LongStructure { Address = 0x1234_5000, Narrow = new(0x3FF), Top = true }.Bits);
        Assert.Equal(new Bits128(1, ulong.MaxValue), new PairStructure { Wide = Wide.Most }.Bits);
        Assert.Equal(new Bits256(0xABCDE, 0, 1UL << 63, (0x42UL << 8) | (1UL << 63)), new QuadStructure { Tag = new(0xABCDE), Early = true, Late = 0x42, Gone = true }.Bits);
        Assert.Equal(
            new Bits512(ulong.MaxValue, int.MaxValue, long.MaxValue, (ulong)short.MaxValue, 0xFFFF, 0xDEAD_BEEF_0000_0001, 0x7FFUL << 16, 1UL << 63),
            new OctetStructure
            {
                Word0 = ulong.MaxValue, Word1 = int.MaxValue, Word2 = long.MaxValue, Word3 = short.MaxValue, Word4 = 0xFFFF, Word5 = 0xDEAD_BEEF_0000_0001, Word6 = 0x7FF, Word7 = true,
            }.Bits);
    }

    [Fact]
    public void Getters_return_what_setters_stored_and_other_bits_stay()
    {
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 0x3FFFF]).Sample((low, high, tag) =>
        {
            QuadStructure before = new(new Bits256(low, high, ~low, ~high));
            QuadStructure after = before with { Tag = new((uint)tag), Early = !before.Early, Late = 0x5A };

            Assert.Multiple(
                () => Assert.Equal(new Tag((uint)tag), after.Tag),
                () => Assert.Equal(!before.Early, after.Early),
                () => Assert.Equal((byte)0x5A, after.Late),
                () => Assert.Equal(before.Gone, after.Gone));
            Assert.Equal(
                new Bits256((low & ~0xFFFFFUL) | (uint)tag, high, ~low ^ (1UL << 63), (~high & ~0xFF00UL) | 0x5A00), after.Bits);
        });
        Gen.Byte.Sample(raw =>
        {
            ByteStructure before = new(raw);
            Assert.Equal((Bits8)(byte)((raw & 0b1000_0111) | (9 << 3)), (before with { Number = 9 }).Bits);
            Assert.Equal((Bits8)(byte)(raw & 0xFE), (before with { Flag = false }).Bits);
        });
    }

    [Fact]
    public void A_value_in_several_fields_has_its_lowest_bits_in_the_first()
    {
        Assert.Equal(new Bits256(0x8000_0000_0000_0E0F, 0), new SplitStructure { Type = (Mode)0x7F }.Bits);
        Assert.Equal(new Bits256(0x0000_0000_00AB_C000, 0xDEUL << 56), new SplitStructure(default(Bits256)) { Tag = new(0xABCDE) }.Bits);
        Assert.Equal(new Bits256(0, 0, 0, 0x89AB_CDEF_0123_4567), new SplitStructure(default(Bits256)) { Swapped = 0x0123_4567_89AB_CDEF }.Bits);
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 0x7F], Gen.UInt[0, 0xFFFFF]).Sample((low, high, type, tag) =>
        {
            SplitStructure before = new(new Bits256(low, high, ~low, ~high));
            SplitStructure after = before with { Type = (Mode)type, Tag = new(tag), Swapped = low };

            Assert.Multiple(
                () => Assert.Equal((Mode)type, after.Type),
                () => Assert.Equal(new Tag(tag), after.Tag),
                () => Assert.Equal(low, after.Swapped));
            Assert.Equal((low & ~0xFF_FE0FUL, ~low), (after.Bits.Word0 & ~0xFF_FE0FUL, after.Bits.Word2));
            Assert.Equal(before.Bits, (after with { Type = before.Type, Tag = before.Tag, Swapped = before.Swapped }).Bits);
        });
    }

    [Fact]
    public void Each_field_of_a_value_in_several_has_its_own_name_and_conditions()
    {
        Layout layout = SplitStructure.Layout;

        Assert.Equal(
            "Split, 256 bits: TYPE_3_0[3:0], TYPE_6_4[11:9], TAG_LOW[127:120], TAG_HIGH[23:12], LOW_HALF[255:224], HIGH_HALF[223:192]", layout.ToString());
        Assert.Equal((RegisterAccess.ReadOnly, 0UL), (layout["TAG_LOW"].Access, layout["TAG_LOW"].Needs));
        Assert.Equal((RegisterAccess.ReadWrite, (ulong)Feature.Fast), (layout["TAG_HIGH"].Access, layout["TAG_HIGH"].Needs));
    }

    [Fact]
    public void A_new_structure_has_its_initial_bits_and_a_default_one_none()
    {
        Assert.Equal(new Bits256(0x8000_0000_0000_0002, 0), new SplitStructure().Bits);
        Assert.Equal((Bits16)0x81, new BegunStructure().Bits);
        Assert.Equal(default, default(SplitStructure).Bits);
        Assert.Equal(default, SplitStructure.FromWords(new ulong[4]).Bits);
    }

    public static TheoryData<string, Func<object>, string> Refused => new()
    {
        { "too large for several fields", () => new SplitStructure { Type = (Mode)0x80 }, "TYPE_3_0[3:0] with TYPE_6_4[11:9] holds 0 to 0x7F; 0x80 does not fit." },
        { "negative for several fields", () => new SplitStructure { Type = (Mode)(-1) }, "TYPE_3_0[3:0] with TYPE_6_4[11:9] holds 0 to 0x7F; 0xFFFFFFFFFFFFFFFF does not fit." },
        { "too large", () => new ByteStructure { Number = 16 }, "N[6:3] holds 0 to 0xF; 0x10 does not fit." },
        { "negative", () => new HalfStructure { Small = -1 }, "S[6:0] holds 0 to 0x7F; 0xFFFFFFFFFFFFFFFF does not fit." },
        { "negative enumeration", () => new HalfStructure { Mode = (Mode)(-1) }, "M[15:14] holds 0 to 0x3; 0xFFFFFFFFFFFFFFFF does not fit." },
        { "too wide for a narrow field", () => new LongStructure { Narrow = new(0x400) }, "TAG[61:52] holds 0 to 0x3FF; 0x400 does not fit." },
        { "wider than its type states", () => new QuadStructure { Tag = new(0x10_0000) }, "A[19:0] holds 0 to 0xFFFFF; 0x100000 does not fit." },
        { "low address bits", () => new LongStructure { Address = 0x1001 }, "ADDR[51:12] stores the address bits 0xFFFFFFFFFF000; 0x1001 has others set." },
        { "high address bits", () => new LongStructure { Address = 1UL << 52 }, "ADDR[51:12] stores the address bits 0xFFFFFFFFFF000; 0x10000000000000 has others set." },
        { "negative long", () => new OctetStructure { Word2 = -1 }, "W2[190:128] holds 0 to 0x7FFFFFFFFFFFFFFF; 0xFFFFFFFFFFFFFFFF does not fit." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_does_not_fit_is_refused_by_name(string _, Func<object> create, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(create).Message, StringComparison.Ordinal);

    [Fact]
    public void The_layout_names_fields_and_their_conditions()
    {
        Layout layout = QuadStructure.Layout;

        Assert.Equal("Quad, 256 bits: A[19:0], B[191], C[207:200], GONE[255]", layout.ToString());
        Assert.Multiple(
            () => Assert.Equal((ulong)Feature.Wide, layout.Needs),
            () => Assert.Equal(new Version(2, 0), layout.Since),
            () => Assert.Null(layout.RemovedIn));
        Assert.Multiple(
            () => Assert.Equal((ulong)Feature.Fast, layout["B"].Needs),
            () => Assert.Null(layout["B"].Since),
            () => Assert.Equal(new Version(2, 10), layout["B"].RemovedIn));
        Assert.Equal(
            [RegisterAccess.OneToClear, RegisterAccess.OneToClear, RegisterAccess.ReadOnly, RegisterAccess.OneToClear],
            layout.Fields.Select(field => field.Access));
        Assert.Equal(RegisterAccess.ReadWrite, LongStructure.Layout["ADDR"].Access);
        Assert.Equal(FieldContent.HostAddress, LongStructure.Layout["ADDR"].Content);
        Assert.Equal("A \"quoted\" name, 8 bits: class[0], RO[1]", Outer.IMiddle<int>.Inner.Layout.ToString());
    }

    [Theory]
    [InlineData(Feature.Wide | Feature.Fast, "2.0", 0xFFFFF, 1UL << 63, 1UL << 63)]
    [InlineData(Feature.Wide, "2.0", 0xFFFFF, 0, 1UL << 63)]
    [InlineData(Feature.Wide | Feature.Fast, "2.9", 0xFFFFF, 1UL << 63, (1UL << 63) | 0xFF00)]
    [InlineData(Feature.Wide | Feature.Fast, "2.10", 0xFFFFF, 0, (1UL << 63) | 0xFF00)]
    [InlineData(Feature.Wide | Feature.Fast, "3.0", 0xFFFFF, 0, 0xFF00)]
    [InlineData(Feature.Wide | Feature.Fast, null, 0xFFFFF, 1UL << 63, (1UL << 63) | 0xFF00)]
    [InlineData(Feature.Fast, "2.0", 0, 0, 0)]
    [InlineData(Feature.Wide, "1.9", 0, 0, 0)]
    public void Capabilities_and_revision_decide_what_is_reserved(Feature met, string? revision, ulong word0, ulong word2, ulong word3)
    {
        LayoutConditions conditions = new((ulong)met, revision is null ? null : Version.Parse(revision));

        Assert.Equal(new Bits256(~word0, ulong.MaxValue, ~word2, ~word3), QuadStructure.ReservedMask(conditions));
    }

    [Fact]
    public void Host_addresses_are_reserved_above_the_width_of_the_host()
    {
        LayoutConditions conditions = LayoutConditions.Everything with { ReservedAddressBits = ulong.MaxValue << 39 };

        Assert.Equal((Bits64)((0x1FFFUL << 39) | 0x4000_0000_0000_0FFF), LongStructure.ReservedMask(conditions));
        Assert.Equal(default, new Bits512(0, 0, 0, 0, 0, OctetStructure.ReservedMask(conditions).Word5));
    }

    [Fact]
    public void Words_and_little_endian_bytes_go_in_and_out()
    {
        byte[] bytes = [.. Enumerable.Range(1, 64).Select(number => (byte)number)];
        Assert.Equal(0x0807_0605_0403_0201UL, OctetStructure.FromBytes(bytes).Word0);
        RoundTrip<ByteStructure>(bytes);
        RoundTrip<HalfStructure>(bytes);
        RoundTrip<WordStructure>(bytes);
        RoundTrip<RegisterInLongWord>(bytes);
        RoundTrip<LongStructure>(bytes);
        RoundTrip<PairStructure>(bytes);
        RoundTrip<QuadStructure>(bytes);
        RoundTrip<OctetStructure>(bytes);
    }

    [Fact]
    public void A_structure_prints_its_fields_or_its_words()
    {
        LongStructure entry = new(0x1234_5000UL | (10UL << 52) | 1);

        Assert.Equal("Long: ADDR=0x12345000 TAG=0xA TOP=0 reserved[63:0]=0x1", entry.ToString());
        Assert.Equal(entry.ToString(), $"{entry}");
        Assert.Equal(entry.ToString(), $"{entry:G}");
        Assert.Equal("00A0000012345001", $"{entry:X}");
        Assert.Equal("0000000000000002_0000000000000001", $"{new PairStructure(new Bits128(1, 2)):X}");
        Assert.Equal("07", $"{new ByteStructure(7):X}");
        Assert.Equal("Byte: F=1 N=0 reserved[7:0]=0x6", new ByteStructure(7).ToString());
        Assert.Equal("by hand", new Outer.IMiddle<string>.Inner(0).ToString());
        Assert.Throws<FormatException>(() => $"{entry:Q}");
    }

    [Fact]
    public void TryFormat_writes_all_or_nothing()
    {
        LongStructure entry = new(0x1234_5000UL);
        char[] buffer = new char[100];

        Assert.True(entry.TryFormat(buffer, out int written));
        Assert.Equal(entry.ToString(), new string(buffer, 0, written));
        Assert.True(entry.TryFormat(buffer.AsSpan(0, written), out _));
        Assert.False(entry.TryFormat(buffer.AsSpan(0, written - 1), out int none));
        Assert.Equal(0, none);
    }

    [Fact]
    public void Structures_are_equal_if_their_bits_are()
    {
        Assert.Equal(new PairStructure { Wide = (Wide)5 }, new PairStructure(new Bits128(1, 5)));
        Assert.NotEqual(new PairStructure(), default);
    }

    private static void RoundTrip<T>(byte[] bytes)
        where T : struct, IBitStructure<T>
    {
        int size = Math.Max(T.Layout.Size, typeof(T) == typeof(RegisterInLongWord) ? 64 : 0) / 8;
        T structure = T.FromBytes(bytes);
        byte[] back = new byte[size];
        structure.WriteBytes(back);
        ulong[] words = new ulong[(size + 7) / 8];
        structure.WriteWords(words);

        Assert.Equal(bytes.Take(size), back);
        Assert.Equal(structure, T.FromWords(words));
        Assert.Throws<ArgumentException>(nameof(bytes), () => T.FromBytes(bytes.AsSpan(0, size - 1)));
        Assert.Throws<ArgumentException>("words", () => T.FromWords([]));
        Assert.Throws<ArgumentException>(nameof(bytes), () => structure.WriteBytes(back.AsSpan(1)));
        Assert.Throws<ArgumentException>("words", () => structure.WriteWords(words.AsSpan(1)));
    }
}
