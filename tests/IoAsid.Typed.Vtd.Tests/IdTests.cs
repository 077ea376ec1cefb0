using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd.Tests;

/// <summary>The ids of hardware check their width when they are created from a number.</summary>
public sealed class IdTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(0xF_FFFFu)]
    public void A_number_of_20_bits_is_a_PASID(uint number)
    {
        Assert.Equal(number, new Pasid(number).Value);
        Assert.Equal(number.ToString(System.Globalization.CultureInfo.InvariantCulture), new Pasid(number).ToString());
    }

    [Theory]
    [InlineData(0x10_0000u)]
    [InlineData(uint.MaxValue)]
    public void A_wider_number_is_refused(uint number) =>
        Assert.Equal(number, Assert.Throws<ArgumentOutOfRangeException>(() => new Pasid(number)).ActualValue);

    [Fact]
    public void Ids_take_the_formats_of_numbers() => Assert.Equal("0x2A 0x00FF", $"0x{new Pasid(42):X} 0x{new DomainId(255):X4}");

    [Fact]
    public void PASIDs_are_ordered_by_number()
    {
        Pasid one = new(1);
        Pasid same = new(1);

        Assert.True(one < Pasid.Maximum && Pasid.Maximum > one && one <= same && one >= same);
        Assert.False(one < same || one > same || one >= Pasid.Maximum || Pasid.Maximum <= one);
        Assert.Equal([default, one, Pasid.Maximum], new[] { Pasid.Maximum, default, one }.Order());
    }

    [Theory]
    [InlineData(0x0123, 0x0123, 0, true)]
    [InlineData(0x0123, 0x0127, 0, false)]
    [InlineData(0x0123, 0x0127, 0b100, true)]
    [InlineData(0x0123, 0x0120, 0b110, false)]
    [InlineData(0x0123, 0x0120, 0b111, true)]
    public void Requesters_match_apart_from_ignored_bits(ushort one, ushort other, ushort ignored, bool expected) =>
        Assert.Equal(expected, new RequesterId(one).Matches(new RequesterId(other), ignored));

    [Fact]
    public void An_id_that_hardware_reports_keeps_all_its_bits()
    {
        FaultRecord record = new() { SourceId = new RequesterId(0xFFFF), Pasid = Pasid.Maximum };
        PasidEntry entry = new() { DomainId = new DomainId(0xFFFF) };

        Assert.Multiple(
            () => Assert.Equal(new RequesterId(0xFFFF), record.SourceId),
            () => Assert.Equal(Pasid.Maximum, record.Pasid),
            () => Assert.Equal(new DomainId(0xFFFF), entry.DomainId));
        Assert.Equal("65535", entry.DomainId.ToString());
    }
}
