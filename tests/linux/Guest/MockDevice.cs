using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>The kernel's own mock of a device and its IOMMU (CONFIG_IOMMUFD_TEST, drivers/iommu/iommufd/iommufd_test.h).</summary>
internal sealed class MockDevice : IommufdDevice
{
    public const uint NestedData = 0xDEAD, InvalidateData = 0xDEADBEEF, ViommuType = 0xDEADBEEF, EventType = 0xBEEFBEEF, QueueType = 0xDEADBEEF, FirstIotlb = 0xBADBEEF;

    private const uint DomainReplace = 10, DomainFlags = 12, Dirty = 13, CheckIotlb = 14, TriggerIopf = 15, TriggerVevent = 17, PasidAttach = 18, PasidReplace = 19, PasidDetach = 20, PasidCheck = 21;
    private const uint WithPasids = 4;

    private readonly uint _mock;
    private readonly Ioas _first;
    private readonly HashSet<Pasid> _pasids = [];

    private MockDevice(Iommufd owner, MockHandle handle, Ioas first)
        : base(owner, handle, "mock device")
    {
        _mock = handle.Mock;
        _first = first;
    }

    /// <summary>Creates a mock device. The kernel attaches it to the address space.</summary>
    public static MockDevice Create(Iommufd iommufd, Ioas ioas)
    {
        MockHandle handle = new(iommufd.File, ioas.Handle);
        try
        {
            TestCommand command = new() { Operation = DomainFlags, Id = ioas.Number, Word3 = WithPasids };
            SystemCall.ThrowIfFailed(-(nint)Run(iommufd, ref command), "IOMMU_TEST_CMD");
            handle.Mock = command.Word0;
            handle.Created(command.Word2);
            return new(iommufd, handle, ioas);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public Errno SendPageRequest(Pasid pasid, uint group, PageFaultRights rights, ulong address)
    {
        TestCommand command = new() { Operation = TriggerIopf, Word0 = Number, Word1 = pasid.Value, Word2 = group, Word3 = (uint)rights, Long2 = address };
        return Run(Owner, ref command);
    }

    public Errno RaiseEvent()
    {
        TestCommand command = new() { Operation = TriggerVevent, Id = _mock, Word0 = Number };
        return Run(Owner, ref command);
    }

    /// <summary>Returns true if a PASID is attached to a table.</summary>
    public bool IsAttached(Pasid pasid, Hwpt? table)
    {
        TestCommand command = new() { Operation = PasidCheck, Id = _mock, Word0 = pasid.Value, Word1 = table?.Number ?? 0 };
        return Run(Owner, ref command) == Errno.None;
    }

    public bool IotlbIs(Hwpt table, uint index, uint value)
    {
        TestCommand command = new() { Operation = CheckIotlb, Id = table.Number, Word0 = index, Word1 = value };
        return Run(Owner, ref command) == Errno.None;
    }

    /// <summary>Marks pages of a table as written.</summary>
    public unsafe Errno Write(Hwpt table, ulong address, ulong length, ulong pageSize, Span<ulong> pages)
    {
        fixed (ulong* pointer = pages)
        {
            // Offsets: flags 16, iova 24, length 32, page_size 40, uptr 48.
            TestCommand command = new() { Operation = Dirty, Id = table.Number, Long1 = address, Long2 = length, Long3 = pageSize, Long4 = (ulong)pointer };
            return Run(Owner, ref command);
        }
    }

    internal override Errno KernelAttach(uint pageTable, Pasid pasid)
    {
        TestCommand command = pasid == IommufdPasidConversion.None
            ? new() { Operation = DomainReplace, Id = _mock, Word0 = pageTable }
            : new() { Operation = _pasids.Contains(pasid) ? PasidReplace : PasidAttach, Id = _mock, Word0 = pasid.Value, Word1 = pageTable };
        Errno error = Run(Owner, ref command);
        if (error == Errno.None)
            _pasids.Add(pasid);

        return error;
    }

    internal override Errno KernelDetach(Pasid pasid)
    {
        TestCommand command = pasid == IommufdPasidConversion.None
            ? new() { Operation = DomainReplace, Id = _mock, Word0 = _first.Number }
            : new() { Operation = PasidDetach, Id = _mock, Word0 = pasid.Value };
        _pasids.Remove(pasid);
        return Run(Owner, ref command);
    }

    private static unsafe Errno Run(Iommufd iommufd, ref TestCommand command)
    {
        command.Size = 72;
        fixed (TestCommand* pointer = &command)
        {
            nint result = iommufd.Calls.Ioctl(iommufd.File.Descriptor, 0x3BA0, pointer);
            return result < 0 ? (Errno)(-result) : Errno.None;
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 72)]
    private struct TestCommand
    {
        [FieldOffset(0)]
        public uint Size;
        [FieldOffset(4)]
        public uint Operation;
        [FieldOffset(8)]
        public uint Id;
        [FieldOffset(16)]
        public uint Word0;
        [FieldOffset(20)]
        public uint Word1;
        [FieldOffset(24)]
        public uint Word2;
        [FieldOffset(28)]
        public uint Word3;
        [FieldOffset(24)]
        public ulong Long1;
        [FieldOffset(32)]
        public ulong Long2;
        [FieldOffset(40)]
        public ulong Long3;
        [FieldOffset(48)]
        public ulong Long4;
    }

    private sealed class MockHandle(FileHandle iommufd, System.Runtime.InteropServices.SafeHandle ioas) : ObjectHandle(iommufd, ioas)
    {
        public uint Mock { get; set; }

        private protected override bool Destroy()
        {
            IommuDestroy argument = new() { Size = 8, Id = Mock };
            return SystemCall.Try(File.Calls, File.Descriptor, KernelRequest.Destroy, ref argument) == Errno.None;
        }
    }
}
