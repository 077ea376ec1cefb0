using CsCheck;

namespace IoAsid.Typed.Layouts.Tests;

/// <summary>The effect of software's accesses on a register with a field of each kind.</summary>
public sealed class RegisterMasksTests
{
    private static readonly BitField[] Fields =
    [
        new("RO", 0, 4) { Access = RegisterAccess.ReadOnly },
        new("RW", 4, 4) { Access = RegisterAccess.ReadWrite },
        new("WO", 8, 4) { Access = RegisterAccess.WriteOnly },
        new("RW1C", 12, 4) { Access = RegisterAccess.OneToClear },
        new("GO", 16, 4) { Access = RegisterAccess.OneShot },
        new("NEW", 20, 4) { Access = RegisterAccess.ReadWrite, Needs = (ulong)Feature.Fast },
    ];

    private static readonly RegisterMasks Masks = new(Fields, new LayoutConditions(0));

    [Fact]
    public void Each_kind_of_access_has_its_mask() => Assert.Multiple(
        () => Assert.Equal(0xF0UL, Masks.ReadWrite),
        () => Assert.Equal(0xF00UL, Masks.WriteOnly),
        () => Assert.Equal(0xF000UL, Masks.OneToClear),
        () => Assert.Equal(0xF_0000UL, Masks.OneShot));

    [Fact]
    public void A_field_whose_requirement_is_met_keeps_what_is_written() => Assert.Equal(0xF0_00F0UL, new RegisterMasks(Fields, LayoutConditions.Everything).ReadWrite);

    [Fact]
    public void Each_bit_changes_as_its_field_says() => Gen.Select(Gen.ULong, Gen.ULong).Sample((current, written) =>
    {
        ulong expected = current & ~0xFF0UL & ~(written & 0xF000UL) | (written & 0xF_0FF0UL);

        Assert.Equal(expected, Masks.Write(current, written));
        Assert.Equal(current & ~0xF00UL, Masks.Read(current));
    });

    [Fact]
    public void A_write_of_a_half_changes_nothing_in_the_other() => Gen.Select(Gen.ULong, Gen.ULong).Sample((current, written) =>
        Assert.Equal(current, Masks.Write(current, written, 0xFFFF_FFFF_0000_0000)));

    [Fact]
    public void A_register_that_software_only_writes_reads_as_0()
    {
        RegisterMasks command = new([Fields[2], Fields[4]], LayoutConditions.Everything);

        Assert.Equal(0UL, command.Read(ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, default(RegisterMasks).Read(ulong.MaxValue));
    }
}
