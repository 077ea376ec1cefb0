namespace IoAsid.Typed.Linux.Tests.Iommufds;

public sealed class MappingTests : IDisposable
{
    private readonly KernelFixture _fixture = new();
    private readonly Ioas _ioas;
    private readonly DmaMemory _memory;

    public MappingTests()
    {
        _ioas = _fixture.Iommufd.AllocateIoas();
        _memory = DmaMemory.Allocate(_fixture.Kernel, 0x2001);
    }

    [Fact]
    public void Memory_is_rounded_up_to_whole_pages() => Assert.Equal(0x3000, _memory.Length);

    [Fact]
    public void Bytes_that_were_written_are_read_again()
    {
        byte[] found = new byte[3];
        _memory.Write(0x1FFF, [1, 2, 3]);
        _memory.Read(0x1FFF, found);
        Assert.Equal([1, 2, 3], found);
        Assert.Equal([1, 2, 3], _memory.AsSpan(0x1FFF, 3).ToArray());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0x3000, 1)]
    [InlineData(0x2FFF, 2)]
    [InlineData(long.MaxValue, 1)]
    public void Bytes_outside_of_the_memory_are_refused(long offset, int length)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _memory.Write(offset, new byte[length]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _memory.Read(offset, new byte[length]));
    }

    [Fact]
    public void Disposing_a_mapping_unmaps_once()
    {
        IoasMapping mapping = _ioas.Map(_memory, address: 0x4000);
        IoasMapping copy = mapping;
        Assert.Multiple(
            () => Assert.Equal(0x4000UL, mapping.Address),
            () => Assert.Equal(0x3000UL, mapping.Length),
            () => Assert.True(mapping.IsMapped));
        copy.Dispose();
        mapping.Dispose();
        Assert.False(mapping.IsMapped);
        Assert.Single(_fixture.Kernel.Log, "IOMMU_IOAS_UNMAP");
    }

    [Fact]
    public void An_old_mapping_does_not_unmap_a_later_one_in_its_place()
    {
        IoasMapping old = _ioas.Map(_memory, address: 0x4000);
        old.Dispose();
        IoasMapping later = _ioas.Map(_memory, address: 0x4000);
        old.Dispose();
        Assert.True(later.IsMapped);
        Assert.NotEqual(old, later);
        Assert.Single(_fixture.Kernel.Objects.Single().Mappings);
    }

    [Fact]
    public void A_mapping_keeps_its_memory()
    {
        IoasMapping mapping = _ioas.Map(_memory);
        _memory.Dispose();
        Assert.Equal(1, _fixture.Kernel.MappedMemory);
        mapping.Dispose();
        Assert.Equal(0, _fixture.Kernel.MappedMemory);
    }

    [Fact]
    public void A_copy_keeps_the_memory_of_its_source()
    {
        IoasMapping source = _ioas.Map(_memory, address: 0x4000);
        using Ioas other = _fixture.Iommufd.AllocateIoas();
        IoasMapping copy = other.CopyFrom(source, address: 0x9000);
        source.Dispose();
        _memory.Dispose();
        Assert.Equal(1, _fixture.Kernel.MappedMemory);
        copy.Dispose();
        Assert.Equal(0, _fixture.Kernel.MappedMemory);
        Assert.Throws<ObjectDisposedException>(() => other.CopyFrom(source));
    }

    [Fact]
    public void Disposing_the_address_space_ends_its_mappings()
    {
        IoasMapping mapping = _ioas.Map(_memory);
        _memory.Dispose();
        _ioas.Dispose();
        Assert.Equal(0, _fixture.Kernel.MappedMemory);
        Assert.False(mapping.IsMapped);
        mapping.Dispose();
        Assert.DoesNotContain("IOMMU_IOAS_UNMAP", _fixture.Kernel.Log);
    }

    [Fact]
    public void Unmapping_all_ends_each_mapping()
    {
        IoasMapping first = _ioas.Map(_memory);
        IoasMapping second = _ioas.Map(_memory);
        Assert.Equal(0x6000UL, _ioas.UnmapAll());
        Assert.False(first.IsMapped || second.IsMapped);
        IoasMapping third = _ioas.Map(_memory);
        first.Dispose();
        second.Dispose();
        Assert.True(third.IsMapped);
    }

    [Fact]
    public void A_mapping_that_the_kernel_does_not_unmap_continues()
    {
        IoasMapping mapping = _ioas.Map(_memory);
        _fixture.Kernel.FailNext("IOMMU_IOAS_UNMAP", Errno.Busy);
        SystemCallException refusal = Assert.Throws<SystemCallException>(mapping.Dispose);
        Assert.Equal(("IOMMU_IOAS_UNMAP", Errno.Busy), (refusal.Call, refusal.Error));
        Assert.True(mapping.IsMapped);
        mapping.Dispose();
        Assert.False(mapping.IsMapped);
    }

    [Fact]
    public void A_failed_map_says_what_to_do()
    {
        using IoasMapping mapping = _ioas.Map(_memory, address: 0x4000);
        SystemCallException refusal = Assert.Throws<SystemCallException>(() => _ioas.Map(_memory, address: 0x5000));
        Assert.Equal(Errno.Exists, refusal.Error);
        Assert.Contains("Unmap that first", refusal.Message);
    }

    [Fact]
    public void Interrupted_calls_are_made_again()
    {
        _fixture.Kernel.FailNext("IOMMU_IOAS_MAP", Errno.Interrupted);
        _fixture.Kernel.FailNext("IOMMU_IOAS_MAP", Errno.Interrupted);
        Assert.True(_ioas.Map(_memory).IsMapped);
    }

    [Fact]
    public void Ranges_are_read_whole_however_many_there_are()
    {
        IovaRanges ranges = _ioas.GetRanges();
        Assert.Equal(20, ranges.Allowed.Count);
        Assert.Equal(new IovaRange(0x130_0000, 0x130_FFFF), ranges.Allowed[^1]);
        Assert.Equal(4096UL, ranges.Alignment);
    }

    public void Dispose()
    {
        _ioas.Dispose();
        _memory.Dispose();
        _fixture.Dispose();
        _fixture.AssertClean();
    }
}
