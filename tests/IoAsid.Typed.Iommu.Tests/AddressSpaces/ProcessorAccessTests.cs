namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The accesses of a process to its own memory.</summary>
public sealed class ProcessorAccessTests
{
    private const ulong Base = ProcessFixture.Base;

    private readonly ProcessFixture _fixture = new();

    private ProcessAddressSpace Process => _fixture.Process;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_are_read_as_they_were_written_across_pages(bool large)
    {
        Process.Map(2 * ProcessFixture.Large, MemoryRights.ReadWrite, Base, largePages: large);
        byte[] written = [.. Enumerable.Range(0, 10_000).Select(at => (byte)(at * 7))];
        byte[] read = new byte[written.Length];
        ulong start = Base + ProcessFixture.Large - 5_000;
        _fixture.Machine.Run(async () =>
        {
            await Process.WriteAsync(start, written);
            await Process.ReadAsync(start, read);
        });

        Assert.Equal(written, read);
        Assert.Equal(large ? 1024 : 4, Process.ResidentPages);
    }

    [Fact]
    public void A_read_sets_accessed_and_a_write_sets_dirty()
    {
        Process.Map(ProcessFixture.Page, MemoryRights.ReadWrite, Base);

        _fixture.Machine.Run(() => Process.ReadUInt64Async(Base).AsTask());
        Assert.Equal((true, false), BitsOf(Base));

        _fixture.Machine.Run(() => Process.WriteUInt64Async(Base, 1).AsTask());
        Assert.Equal((true, true), BitsOf(Base));
        Assert.False(_fixture.Tables.Links.Any(link => (link & RawTables.Dirty) != 0), "Only leaves are dirty.");
    }

    [Fact]
    public void An_address_beyond_the_levels_of_the_tables_is_refused()
    {
        Process.Map(ProcessFixture.Page, MemoryRights.Read, Base);
        _fixture.Machine.Run(() => Process.ReadUInt64Async(Base).AsTask());

        Assert.Throws<SegmentationFaultException>(() => _fixture.Machine.Run(() => Process.ReadUInt64Async(Base + (1UL << 48)).AsTask()));
    }

    [Fact]
    public void Changes_outside_of_the_user_half_are_refused()
    {
        AddressRange beyond = new(0x8000_0000_0000, ProcessFixture.Page);

        Assert.Throws<ArgumentOutOfRangeException>(() => _fixture.Machine.Run(() => Process.UnmapAsync(beyond).AsTask()));
        Assert.Throws<ArgumentOutOfRangeException>(() => _fixture.Machine.Run(() => Process.ProtectAsync(beyond, MemoryRights.Read).AsTask()));
    }

    [Theory]
    [InlineData(Base, MemoryRights.Write, PageFaultOutcome.NotAllowed)]
    [InlineData(Base + 0x1000, MemoryRights.Read, PageFaultOutcome.NoArea)]
    [InlineData(0, MemoryRights.Read, PageFaultOutcome.NoArea)]
    [InlineData(0x8000_0000_0000, MemoryRights.Read, PageFaultOutcome.NoArea)]
    [InlineData(ulong.MaxValue - 7, MemoryRights.Write, PageFaultOutcome.NoArea)]
    public void A_refused_access_reports_its_address_and_access(ulong address, MemoryRights access, PageFaultOutcome outcome)
    {
        Process.Map(ProcessFixture.Page, MemoryRights.Read, Base);

        SegmentationFaultException fault = Assert.Throws<SegmentationFaultException>(() => _fixture.Machine.Run(() => Access(address, access)));

        Assert.Multiple(
            () => Assert.Equal(address, fault.Address),
            () => Assert.Equal(access, fault.Access),
            () => Assert.Equal(outcome, fault.Outcome));
    }

    [Fact]
    public void Accesses_are_refused_after_the_exit()
    {
        Process.Map(ProcessFixture.Page, MemoryRights.Read, Base);

        _fixture.Machine.Run(async () =>
        {
            await Process.ReadUInt64Async(Base);
            await Process.ExitAsync();
            Assert.Equal(IommuError.Exited, (await Assert.ThrowsAsync<IommuException>(() => Access(Base, MemoryRights.Read))).Error);
        });
    }

    [Fact]
    public void Chosen_addresses_are_disjoint_aligned_and_above_4_GiB()
    {
        AddressRange small = Process.Map(ProcessFixture.Page, MemoryRights.Read).Range;
        AddressRange large = Process.Map(ProcessFixture.Large, MemoryRights.Read, largePages: true).Range;
        AddressRange next = Process.Map(ProcessFixture.Page, MemoryRights.Read).Range;

        Assert.Equal([0x1_0000_0000UL, 0x1_0020_0000UL, 0x1_0000_1000UL], [small.Start, large.Start, next.Start]);
    }

    [Fact]
    public void Areas_are_whole_pages_of_the_user_half()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Process.Map(1, MemoryRights.Read));
        Assert.Throws<ArgumentOutOfRangeException>(() => Process.Map(0x2000, MemoryRights.Read, 0x7FFF_FFFF_F000));
        Assert.Throws<ArgumentOutOfRangeException>(() => Process.Map(0x8000_0000_1000, MemoryRights.Read));
        Assert.Throws<ArgumentException>(() => Process.Map(0x1000, MemoryRights.Read, source: new GatedSource(), largePages: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => Process.Map(0x1000, (MemoryRights)8));
        Assert.Empty(Process.Areas);
        Process.Map(0x1000, MemoryRights.Read, 0x7FFF_FFFF_F000);
        Assert.Equal(IommuError.NoMemory, Assert.Throws<IommuException>(() => Process.Map(0x7FFF_0000_0000, MemoryRights.Read)).Error);
    }

    private async Task Access(ulong address, MemoryRights access)
    {
        if (access == MemoryRights.Write)
            await Process.WriteUInt64Async(address, 0);
        else
            await Process.ReadUInt64Async(address);
    }

    private (bool Accessed, bool Dirty) BitsOf(ulong address)
    {
        RawTables.Leaf leaf = _fixture.LeafOf(address);
        return (leaf.Has(RawTables.Accessed), leaf.Has(RawTables.Dirty));
    }
}
