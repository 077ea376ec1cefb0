namespace IoAsid.Typed.Linux.Tests.Iommufds;

public sealed class OwnershipTests
{
    public static TheoryData<string> Meetings => ["hwpt", "queue", "nest parent", "nested", "nested queue", "viommu", "vdevice", "attach ioas", "attach hwpt", "replace", "pasid", "copy"];

    [Theory]
    [MemberData(nameof(Meetings))]
    public void Objects_of_two_iommufds_are_refused_before_the_kernel_sees_them(string meeting)
    {
        using KernelFixture fixture = new();
        VfioDevice device = fixture.Open();
        Ioas ioas = fixture.Iommufd.AllocateIoas();
        NestParentHwpt parent = device.AllocateNestParent(ioas);
        Viommu viommu = device.AllocateViommu(parent, 1, []);
        using DmaMemory memory = DmaMemory.Allocate(fixture.Kernel, 4096);

        Iommufd foreign = Iommufd.Open(fixture.Kernel);
        fixture.Kernel.AddDevice("0000:00:06.0");
        VfioDevice foreignDevice = VfioDevice.Open(foreign, PciAddress.Parse("0000:00:06.0"));
        Ioas foreignIoas = foreign.AllocateIoas();
        FaultQueue foreignQueue = foreign.AllocateFaultQueue();
        NestParentHwpt foreignParent = foreignDevice.AllocateNestParent(foreignIoas, takesPasids: true);
        IoasMapping foreignMapping = foreignIoas.Map(memory);
        IoAsidSpace space = new(device.CreateSpaceOptions());
        IoAsidHandle<string> id = space.CreateSet<string>("test").Allocate("data");
        DeviceAttachment? attachment = meeting == "replace" ? device.Attach(parent) : null;

        int calls = fixture.Kernel.Calls;
        ArgumentException refusal = Assert.Throws<ArgumentException>(object? () => meeting switch
        {
            "hwpt" => device.AllocateHwpt(foreignIoas),
            "queue" => device.AllocateHwpt(ioas, new HwptOptions { FaultQueue = foreignQueue }),
            "nest parent" => device.AllocateNestParent(foreignIoas),
            "nested" => device.AllocateNestedHwpt(foreignParent, new VtdFirstStage(0)),
            "nested queue" => device.AllocateNestedHwpt(parent, new VtdFirstStage(0), foreignQueue, takesPasids: false),
            "viommu" => device.AllocateViommu(foreignParent, 1, []),
            "vdevice" => viommu.AllocateDevice(foreignDevice, 1),
            "attach ioas" => device.Attach(foreignIoas),
            "attach hwpt" => device.Attach(foreignParent),
            "replace" => Replace(attachment!, foreignParent),
            "pasid" => device.Attach(id, foreignParent),
            _ => ioas.CopyFrom(foreignMapping),
        });
        Assert.Contains("another iommufd", refusal.Message);
        Assert.Equal(calls, fixture.Kernel.Calls);

        foreach (IDisposable target in new IDisposable[] { foreignDevice, foreignParent, foreignQueue, foreignIoas, foreign, device, viommu, parent, ioas })
            target.Dispose();
    }

    private static string Replace(Attachment attachment, Hwpt hwpt)
    {
        attachment.Replace(hwpt);
        return "";
    }
}
