// The fields have the names of include/uapi/linux/vfio.h, in this language's spelling. A test compares each offset and size with the header.
// The layout of a structure without attribute is sequential. Not all fields are used: what the kernel only reads back must be there all the same.
#pragma warning disable CS0649, CS0169, IDE0044, IDE0051, CA1823, MA0008

namespace IoAsid.Typed.Linux.Uapi;

internal struct VfioInfoCapHeader
{
    public ushort Id, Version;
    public uint Next;
}

internal struct VfioDeviceInfo
{
    public const uint CanReset = 1, Pci = 2;

    public uint Argsz, Flags, NumRegions, NumIrqs, CapOffset, Pad;
}

internal struct VfioRegionInfo
{
    public const uint Read = 1, Write = 2, Mmap = 4, Caps = 8;

    public uint Argsz, Flags, Index, CapOffset;
    public ulong Size, Offset;
}

internal struct VfioRegionSparseMmapArea
{
    public ulong Offset, Size;
}

internal struct VfioIrqInfo
{
    public const uint EventFd = 1, Maskable = 2, AutoMasked = 4, NoResize = 8;

    public uint Argsz, Flags, Index, Count;
}

/// <summary>The header; the data follows it.</summary>
internal struct VfioIrqSet
{
    public const uint DataNone = 1, DataBool = 2, DataEventFd = 4, ActionMask = 8, ActionUnmask = 16, ActionTrigger = 32;

    public uint Argsz, Flags, Index, Start, Count;
}

/// <summary>The header; the data follows it.</summary>
internal struct VfioDeviceFeature
{
    public const uint Get = 1 << 16, Set = 1 << 17, Probe = 1 << 18;

    public uint Argsz, Flags;
}

internal struct VfioDeviceBindIommufd
{
    public const uint Token = 1;

    public uint Argsz, Flags;
    public int Iommufd;
    public uint OutDevid;
    public ulong TokenUuidPtr;
}

internal struct VfioDeviceAttachIommufdPt
{
    public const uint WithPasid = 1;

    public uint Argsz, Flags, PtId, Pasid;
}

internal struct VfioDeviceDetachIommufdPt
{
    public const uint WithPasid = 1;

    public uint Argsz, Flags, Pasid;
}
