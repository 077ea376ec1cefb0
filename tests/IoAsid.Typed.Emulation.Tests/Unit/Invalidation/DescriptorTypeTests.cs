using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The valid descriptor types of each mode and width (VT-d Table 26), and the codes of IQEI.</summary>
public sealed class DescriptorTypeTests
{
    // Valid descriptors, by type.
    private static readonly ulong[] Valid =
        [0x0, 0x1 | 1 << 4, 0x2 | 1 << 4, 0x3 | (ulong)UnitFixture.Device.Value << 32, 0x4, 0x5, 0x6 | 2 << 4, 0x7 | 3 << 4, 0x8 | (ulong)UnitFixture.Device.Value << 16, 0x9 | (ulong)UnitFixture.Device.Value << 16];

    public static TheoryData<int, bool, string, InvalidationQueueError> Rows { get; } = new()
    {
        // TTM, wide, valid types, and the error of other types. Type 4 needs interrupt remapping, and type 10 host permission tables.
        { 0, false, "1 2 3 5", InvalidationQueueError.InvalidType },
        { 0, true, "1 2 3 5", InvalidationQueueError.InvalidType },
        { 1, false, "", InvalidationQueueError.InvalidDescriptorWidth },
        { 1, true, "1 2 3 5 6 7 8 9", InvalidationQueueError.InvalidType },
        { 2, false, "", InvalidationQueueError.InvalidTableMode },
        { 2, true, "", InvalidationQueueError.InvalidTableMode },
        { 3, false, "", InvalidationQueueError.InvalidDescriptorWidth },
        { 3, true, "1 2 3 5 6 7 8 9", InvalidationQueueError.InvalidType },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    [Specification("6.5.2.11/8", "6.5.2.11/9", "6.5.2.11/10", "6.5.2.11/11", "6.5.2/6")]
    public void Types_are_valid_by_mode_and_width(int mode, bool wide, string valid, InvalidationQueueError otherwise)
    {
        for (int type = 0; type < 128; type++)
        {
            using UnitFixture fixture = new();
            fixture.SetRoot(UnitFixture.Root | (ulong)mode << 10);
            fixture.EnableQueue(wide);
            ulong fields = type < Valid.Length ? Valid[type] & ~0xFUL : 0;
            fixture.Submit(new Descriptor(fields | (uint)type & 0xF | (ulong)(type >> 4) << 9));

            bool isValid = valid.Split(' ').Contains(type.ToString());
            Assert.Equal((type, isValid ? InvalidationQueueError.None : otherwise), (type, ErrorOf(fixture)));
        }
    }

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(3, true, false)]
    [Specification("11.4.9.9/7")]
    public void A_mode_that_the_unit_lacks_is_an_invalid_mode(int mode, bool scalable, bool abort)
    {
        using UnitFixture fixture = new(WithModes(scalable, abort));
        fixture.SetRoot(UnitFixture.Root | (ulong)mode << 10);
        fixture.EnableQueue(wide: true);
        fixture.Submit(Descriptor.AllContexts);

        Assert.Equal(InvalidationQueueError.InvalidTableMode, ErrorOf(fixture));
    }

    [Theory]
    [InlineData(false, false, InvalidationQueueError.InvalidDescriptorWidth)]
    [InlineData(false, true, InvalidationQueueError.None)]
    [InlineData(true, false, InvalidationQueueError.None)]
    [Specification("11.4.9.3/2", "11.4.9.9/5")]
    public void Wide_descriptors_need_scalable_or_abort_DMA_mode(bool scalable, bool abort, InvalidationQueueError expected)
    {
        using UnitFixture fixture = new(WithModes(scalable, abort));
        fixture.EnableQueue(wide: true);
        fixture.Submit(Descriptor.AllContexts);

        Assert.Equal(expected, ErrorOf(fixture));
    }

    // A unit without scalable mode has no capability that depends on scalable mode.
    private static UnitOptions WithModes(bool scalable, bool abort)
    {
        VtdCapabilities capabilities = (scalable ? UnitFixture.Options : UnitFixture.LegacyOptions).Capabilities;
        return UnitFixture.Options with
        {
            Capabilities = capabilities with { ExtendedCapability = capabilities.ExtendedCapability with { AbortDma = abort } },
        };
    }

    private static InvalidationQueueError ErrorOf(UnitFixture fixture) => (fixture.Registers.Read32(0x34) >> 4 & 1) == 0
        ? InvalidationQueueError.None
        : (InvalidationQueueError)(fixture.Registers.Read64(0xB0) & 0xF);
}
