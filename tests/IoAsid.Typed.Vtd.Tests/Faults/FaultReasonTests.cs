namespace IoAsid.Typed.Vtd.Tests.Faults;

/// <summary>Fault reasons have the published numbers. FPD suppresses only the qualified faults.</summary>
public sealed class FaultReasonTests
{
    /// <summary>All numbers that Linux names (dma_remap_fault_reasons, dma_remap_sm_fault_reasons, irq_remap_fault_reasons) except "unknown", 7D and 91, and the numbers that revisions up to 5.10 added.</summary>
    private static readonly int[] Published =
    [
        .. Enumerable.Range(0x01, 0x0E), .. Enumerable.Range(0x20, 7), 0x29, .. Enumerable.Range(0x30, 5), 0x38, 0x39, 0x3A, .. Enumerable.Range(0x40, 10), 0x50, 0x51, 0x52,
        .. Enumerable.Range(0x58, 6), .. Enumerable.Range(0x70, 14), .. Enumerable.Range(0x80, 8), 0x89, 0x90, 0x91,
    ];

    [Fact]
    public void Every_published_number_has_a_name() =>
        Assert.Equal(Published, Enum.GetValues<FaultReason>().Where(reason => reason != FaultReason.None).Select(reason => (int)reason));

    [Fact]
    public void Every_reason_says_what_went_wrong_and_no_two_say_the_same_of_one_mode()
    {
        string[] described = [.. Enum.GetValues<FaultReason>().Select(reason => reason.Describe())];

        Assert.All(described, text => Assert.DoesNotContain("unknown", text, StringComparison.Ordinal));
        Assert.Distinct(described);
        Assert.Distinct(Enum.GetValues<FaultReason>().Select(reason => reason.Mnemonic()).Where(mnemonic => mnemonic.Length > 0));
        Assert.Equal("59h SPT.2: the PASID table entry is not present", FaultReason.PasidEntryNotPresent.Describe());
        Assert.Equal("22h: the interrupt remapping entry is not present", FaultReason.InterruptEntryNotPresent.Describe());
        Assert.Equal("FFh: an unknown reason", ((FaultReason)0xFF).Describe());
    }

    [Fact]
    public void Only_what_comes_before_a_trusted_entry_is_unqualified()
    {
        int[] unqualified = [.. Enum.GetValues<FaultReason>().Where(reason => !reason.IsQualified()).Select(reason => (int)reason)];

        Assert.Equal([0x00, 0x01, 0x08, 0x09, 0x0A, 0x20, 0x21, 0x23, 0x25, 0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x38, 0x39, 0x3A, 0x40, 0x50, 0x58], unqualified);
    }

    [Theory]
    [InlineData(FaultRequestType.Write, false, false)]
    [InlineData(FaultRequestType.PageRequest, false, true)]
    [InlineData(FaultRequestType.Read, true, false)]
    [InlineData(FaultRequestType.AtomicOperation, true, true)]
    public void The_kind_of_request_is_in_two_bits(FaultRequestType type, bool type1, bool type2)
    {
        FaultRecord record = new() { RequestType = type };

        Assert.Multiple(
            () => Assert.Equal(type1, FaultRecord.Layout["T1"].Get(record.Bits) != 0),
            () => Assert.Equal(type2, FaultRecord.Layout["T2"].Get(record.Bits) != 0),
            () => Assert.Equal(type, record.RequestType));
        Assert.Equal(default, (record with { RequestType = FaultRequestType.Write }).Bits);
    }
}
