// The fields have the names of include/uapi/linux/iommufd.h, in this language's spelling. A test compares each offset and size with the header.
// The layout of a structure without attribute is sequential. Not all fields are used: what the kernel only reads back must be there all the same.
#pragma warning disable CS0649, CS0169, IDE0044, IDE0051, CA1823, MA0008

namespace IoAsid.Typed.Linux.Uapi;

internal struct IommuDestroy
{
    public uint Size, Id;
}

internal struct IommuIoasAlloc
{
    public uint Size, Flags, OutIoasId;
}

internal struct IommuIovaRange
{
    public ulong Start, Last;
}

internal struct IommuIoasIovaRanges
{
    public uint Size, IoasId, NumIovas, Reserved;
    public ulong AllowedIovas, OutIovaAlignment;
}

internal struct IommuIoasAllowIovas
{
    public uint Size, IoasId, NumIovas, Reserved;
    public ulong AllowedIovas;
}

internal struct IommuIoasMap
{
    public const uint FixedIova = 1, Writeable = 2, Readable = 4;

    public uint Size, Flags, IoasId, Reserved;
    public ulong UserVa, Length, Iova;
}

internal struct IommuIoasMapFile
{
    public uint Size, Flags, IoasId;
    public int Fd;
    public ulong Start, Length, Iova;
}

internal struct IommuIoasCopy
{
    public uint Size, Flags, DstIoasId, SrcIoasId;
    public ulong Length, DstIova, SrcIova;
}

internal struct IommuIoasUnmap
{
    public uint Size, IoasId;
    public ulong Iova, Length;
}

internal struct IommuOption
{
    public const uint RlimitMode = 0, HugePages = 1;
    public const ushort Set = 0, Get = 1;

    public uint Size, OptionId;
    public ushort Op, Reserved;
    public uint ObjectId;
    public ulong Val64;
}

internal struct IommuIoasChangeProcess
{
    public uint Size, Reserved;
}

internal struct IommuHwptVtdS1
{
    public ulong Flags, PgtblAddr;
    public uint AddrWidth, Reserved;
}

internal struct IommuHwptAlloc
{
    public const uint NestParent = 1, DirtyTracking = 2, FaultIdValid = 4, Pasid = 8;
    public const uint DataNone = 0, DataVtdS1 = 1;

    public uint Size, Flags, DevId, PtId, OutHwptId, Reserved, DataType, DataLen;
    public ulong DataUptr;
    public uint FaultId, Reserved2;
}

internal struct IommuHwInfoVtd
{
    public uint Flags, Reserved;
    public ulong CapReg, EcapReg;
}

internal struct IommuHwInfo
{
    public uint Size, Flags, DevId, DataLen;
    public ulong DataUptr;
    public uint OutDataType;
    public byte OutMaxPasidLog2;
    private byte _reserved0, _reserved1, _reserved2;
    public ulong OutCapabilities;
}

internal struct IommuHwptSetDirtyTracking
{
    public const uint Enable = 1;

    public uint Size, Flags, HwptId, Reserved;
}

internal struct IommuHwptGetDirtyBitmap
{
    public const uint NoClear = 1;

    public uint Size, HwptId, Flags, Reserved;
    public ulong Iova, Length, PageSize, Data;
}

internal struct IommuHwptVtdS1Invalidate
{
    public const uint Leaf = 1;

    public ulong Addr, Npages;
    public uint Flags, Reserved;
}

internal struct IommuHwptInvalidate
{
    public uint Size, HwptId;
    public ulong DataUptr;
    public uint DataType, EntryLen, EntryNum, Reserved;
}

internal struct IommuHwptPgfault
{
    public const uint PasidValid = 1, LastPage = 2;

    public uint Flags, DevId, Pasid, Grpid, Perm, Reserved;
    public ulong Addr;
    public uint Length, Cookie;
}

internal struct IommuHwptPageResponse
{
    public uint Cookie, Code;
}

internal struct IommuFaultAlloc
{
    public uint Size, Flags, OutFaultId, OutFaultFd;
}

internal struct IommuViommuAlloc
{
    public uint Size, Flags, Type, DevId, HwptId, OutViommuId, DataLen, Reserved;
    public ulong DataUptr;
}

internal struct IommuVdeviceAlloc
{
    public uint Size, ViommuId, DevId, OutVdeviceId;
    public ulong VirtId;
}

internal struct IommufdVeventHeader
{
    public const uint LostEvents = 1;

    public uint Flags, Sequence;
}

internal struct IommuVeventqAlloc
{
    public uint Size, Flags, ViommuId, Type, VeventqDepth, OutVeventqId, OutVeventqFd, Reserved;
}

internal struct IommuHwQueueAlloc
{
    public uint Size, Flags, ViommuId, Type, Index, OutHwQueueId;
    public ulong NestingParentIova, Length;
}
