using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A region of a device: the memory behind a base address register, the expansion ROM, or the configuration space.</summary>
public sealed class VfioRegion
{
    private const ushort SparseMmap = 1;

    internal VfioRegion(VfioRegionIndex index, long length, long offset, VfioRegionAccess access, IReadOnlyList<(long Offset, long Length)>? mappable)
    {
        Index = index;
        Length = length;
        Offset = offset;
        Access = access;
        MappableAreas = mappable ?? (access.HasFlag(VfioRegionAccess.Map) ? [(0, length)] : []);
    }

    /// <summary>The index of the region.</summary>
    public VfioRegionIndex Index { get; }

    /// <summary>The number of bytes; 0 if the device does not have the region.</summary>
    public long Length { get; }

    /// <summary>The supported accesses to the region.</summary>
    public VfioRegionAccess Access { get; }

    /// <summary>The parts that can be mapped, by offset and length in bytes.</summary>
    public IReadOnlyList<(long Offset, long Length)> MappableAreas { get; }

    /// <summary>The offset of the region in the device's file.</summary>
    internal long Offset { get; }

    /// <summary>Decodes the list of parts that can be mapped from the answer of the kernel; null if it has none.</summary>
    internal static IReadOnlyList<(long Offset, long Length)>? DecodeMappableAreas(ReadOnlySpan<byte> data)
    {
        VfioRegionInfo info = MemoryMarshal.Read<VfioRegionInfo>(data);
        int at = (info.Flags & VfioRegionInfo.Caps) != 0 ? (int)info.CapOffset : 0;
        while (at > 0 && at + 8 <= data.Length)
        {
            VfioInfoCapHeader header = MemoryMarshal.Read<VfioInfoCapHeader>(data[at..]);
            if (header.Id == SparseMmap)
            {
                uint count = MemoryMarshal.Read<uint>(data[(at + 8)..]);
                ReadOnlySpan<VfioRegionSparseMmapArea> areas = MemoryMarshal.Cast<byte, VfioRegionSparseMmapArea>(data[(at + 16)..])[..(int)count];
                List<(long, long)> result = [];
                foreach (VfioRegionSparseMmapArea area in areas)
                    result.Add(((long)area.Offset, (long)area.Size));

                return result;
            }

            at = (int)header.Next;
        }

        return null;
    }

    internal void ThrowIfOutside(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length, nameof(offset));
    }
}
