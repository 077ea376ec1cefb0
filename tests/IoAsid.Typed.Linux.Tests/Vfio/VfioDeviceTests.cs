using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests.Vfio;

public sealed class VfioDeviceTests : IDisposable
{
    private readonly KernelFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_function_that_does_not_belong_to_vfio_says_so()
    {
        Directory.CreateDirectory(Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/devices/0000:00:09.0"));
        SystemCallException refusal = Assert.Throws<SystemCallException>(() => VfioDevice.Open(_fixture.Iommufd, PciAddress.Parse("0000:00:09.0")));
        Assert.Contains("VfioPci.Bind", refusal.Message);
        Assert.Throws<DirectoryNotFoundException>(() => VfioDevice.Open(_fixture.Iommufd, PciAddress.Parse("0000:00:0a.0")));
    }

    [Fact]
    public void A_function_in_use_is_refused_and_nothing_stays_open()
    {
        using VfioDevice device = _fixture.Open();
        int open = _fixture.Kernel.OpenFiles;
        SystemCallException refusal = Assert.Throws<SystemCallException>(() => VfioDevice.Open(_fixture.Iommufd, device.Address));
        Assert.Equal(Errno.InvalidArgument, refusal.Error);
        Assert.Contains("uses the device already", refusal.Message);
        Assert.Equal(open, _fixture.Kernel.OpenFiles);
    }

    [Fact]
    public void A_device_is_found_by_its_number_only_while_it_is_open()
    {
        VfioDevice device = _fixture.Open();
        uint number = device.Number;
        Assert.Same(device, _fixture.Iommufd.FindDevice(number));
        device.Dispose();
        Assert.Null(_fixture.Iommufd.FindDevice(number));
    }

    [Fact]
    public void Hardware_says_what_the_unit_can_do()
    {
        using VfioDevice device = _fixture.Open(pasidBits: 17);
        Assert.Multiple(
            () => Assert.Equal(IommuKind.IntelVtd, device.Hardware.Kind),
            () => Assert.Equal(17, device.Hardware.PasidBits),
            () => Assert.Equal(1L << 17, device.Hardware.PasidCapacity));
        Assert.True(device.Hardware.TryGetVtd(out ulong capability, out ulong extended));
        Assert.Equal((0xCAUL, 0xECAUL), (capability, extended));
    }

    [Fact]
    public void Configuration_space_is_read_and_written()
    {
        using VfioDevice device = _fixture.Open(out FakeDevice fake);
        device.Configuration.BusMasterEnabled = true;
        device.Configuration.MemorySpaceEnabled = true;
        Assert.Equal(6, fake.Configuration[4]);
        device.Configuration.BusMasterEnabled = false;
        Assert.Equal((false, true), (device.Configuration.BusMasterEnabled, device.Configuration.MemorySpaceEnabled));
        device.Configuration.Write32(0x40, 0x12345678);
        Assert.Equal((0x12345678U, (ushort)0x1234), (device.Configuration.Read32(0x40), device.Configuration.Read16(0x42)));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Configuration.Read32(4094));
    }

    [Fact]
    public void Regions_say_what_can_be_mapped()
    {
        using VfioDevice device = _fixture.Open();
        Assert.Equal([(0L, 0x2000L)], device.GetRegion(VfioRegionIndex.Bar0).MappableAreas);
        Assert.Equal([(0L, 0x1000L), (0x3000L, 0x1000L)], device.GetRegion(VfioRegionIndex.Bar1).MappableAreas);
        Assert.Empty(device.GetRegion(VfioRegionIndex.Bar2).MappableAreas);
        Assert.Throws<NotSupportedException>(() => device.MapRegisters(VfioRegionIndex.Configuration));
    }

    [Fact]
    public void Mapped_registers_check_offsets_and_keep_the_file_open()
    {
        VfioDevice device = _fixture.Open();
        MappedRegisters registers = device.MapRegisters(VfioRegionIndex.Bar0);
        registers.Write64(0x1FF8, 0x1122334455667788);
        Assert.Equal((0x55667788U, 0x11223344U), (registers.Read32(0x1FF8), registers.Read32(0x1FFC)));
        registers.Write32(4, 7);
        Assert.Equal(7UL << 32, registers.Read64(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Read64(0x1FFC));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Read32(0x2000));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Write32(2, 0));
        device.Dispose();
        Assert.Equal(2, _fixture.Kernel.OpenFiles);
        registers.Dispose();
        Assert.Throws<ObjectDisposedException>(() => registers.Read32(0));
        _fixture.Iommufd.Dispose();
        _fixture.AssertClean();
    }

    [Fact]
    public async Task Interrupts_are_counted_by_vector()
    {
        using VfioDevice device = _fixture.Open(out FakeDevice fake);
        VfioInterrupts interrupts = device.EnableInterrupts(VfioInterruptKind.MsiX, count: 2);
        ValueTask<long> wait = interrupts.WaitAsync(1, TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);
        _fixture.Kernel.RaiseInterrupt(fake, 1);
        Assert.Equal(1, await wait);
        _fixture.Kernel.RaiseInterrupt(fake, 0);
        _fixture.Kernel.RaiseInterrupt(fake, 0);
        Assert.Equal(2, await interrupts.WaitAsync(0, TestContext.Current.CancellationToken));
        ValueTask<long> open = interrupts.WaitAsync(0, TestContext.Current.CancellationToken);
        interrupts.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await open);
        Assert.Equal("interrupts 2: 0", _fixture.Kernel.Log.Last(entry => entry.StartsWith("interrupts", StringComparison.Ordinal)));
        Assert.Equal(2, _fixture.Kernel.OpenFiles);
    }

    [Fact]
    public void Interrupts_that_cannot_be_enabled_leave_no_file_open()
    {
        using VfioDevice device = _fixture.Open();
        int open = _fixture.Kernel.OpenFiles;
        _fixture.Kernel.FailNext("VFIO_DEVICE_SET_IRQS", Errno.InvalidArgument);
        Assert.Throws<SystemCallException>(() => device.EnableInterrupts(VfioInterruptKind.Msi, 8));
        Assert.Equal(open, _fixture.Kernel.OpenFiles);
    }

    [Fact]
    public void Reset_and_features_go_to_the_driver()
    {
        using VfioDevice device = _fixture.Open(out FakeDevice fake);
        device.Reset();
        Assert.Equal(1, fake.Resets);
        Assert.True(device.HasFeature(VfioFeature.BusMaster, VfioFeatureUse.Set));
        Assert.False(device.HasFeature(VfioFeature.Migration, VfioFeatureUse.Get));
        device.SetFeature(VfioFeature.BusMaster, BitConverter.GetBytes(1));
        Assert.Throws<SystemCallException>(() => device.GetFeature(VfioFeature.Migration, new byte[8]));
    }

    [Theory]
    [InlineData("0000:00:03.0", "0000:00:03.0")]
    [InlineData("3a:1f.7", "0000:3a:1f.7")]
    [InlineData("10000:ff:00.1", "10000:ff:00.1")]
    public void Addresses_are_parsed(string text, string expected) => Assert.Equal(expected, PciAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("03.0")]
    [InlineData("00:20.0")]
    [InlineData("00:03.8")]
    [InlineData("100:00.0")]
    [InlineData("xx:03.0")]
    [InlineData("0000:00:03")]
    public void A_text_that_is_no_address_is_refused(string text) => Assert.Throws<FormatException>(() => PciAddress.Parse(text));

    [Fact]
    public void Binding_to_vfio_takes_the_function_from_its_driver()
    {
        string device = Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/devices/0000:00:09.0");
        string old = Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/drivers/e1000e");
        string vfio = Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/drivers/vfio-pci");
        Array.ForEach([device, old], path => Directory.CreateDirectory(path));
        Directory.CreateSymbolicLink(Path.Join(device, "driver"), old);
        File.WriteAllText(Path.Join(old, "unbind"), "");
        PciAddress address = PciAddress.Parse("0000:00:09.0");
        Assert.Throws<DirectoryNotFoundException>(() => VfioPci.Bind(_fixture.Kernel, address));
        Directory.CreateDirectory(vfio);
        VfioPci.Bind(_fixture.Kernel, address);
        Assert.Multiple(
            () => Assert.Equal("vfio-pci", File.ReadAllText(Path.Join(device, "driver_override"))),
            () => Assert.Equal("0000:00:09.0", File.ReadAllText(Path.Join(old, "unbind"))),
            () => Assert.Equal("0000:00:09.0", File.ReadAllText(Path.Join(vfio, "bind"))));
    }

    [Fact]
    public void A_function_without_a_driver_is_bound_and_one_that_is_bound_stays_so()
    {
        string device = Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/devices/0000:00:09.0");
        string vfio = Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/drivers/vfio-pci");
        Array.ForEach([device, vfio], path => Directory.CreateDirectory(path));
        PciAddress address = PciAddress.Parse("0000:00:09.0");
        VfioPci.Bind(_fixture.Kernel, address);
        Assert.Equal("0000:00:09.0", File.ReadAllText(Path.Join(vfio, "bind")));
        File.Delete(Path.Join(vfio, "bind"));
        Directory.CreateSymbolicLink(Path.Join(device, "driver"), vfio);
        VfioPci.Bind(_fixture.Kernel, address);
        Assert.False(File.Exists(Path.Join(vfio, "bind")));
        VfioPci.Unbind(_fixture.Kernel, address);
        Assert.Equal("0000:00:09.0", File.ReadAllText(Path.Join(vfio, "unbind")));
        Assert.Equal("0000:00:09.0", File.ReadAllText(Path.Join(_fixture.Kernel.SysfsRoot, "bus/pci/drivers_probe")));
    }
}
