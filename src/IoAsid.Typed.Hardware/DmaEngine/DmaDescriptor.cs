using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Hardware;

/// <summary>
/// Work for a DMA engine: 64 bytes, little-endian. Bytes 0-3 PASID 19:0 and privilege 31; 4 operation; 5 flags; 6-7 interrupt
/// entry; 8 completion record; 16 source; 24 destination; 32-35 length; 36-39 destination PASID; 40 operand; the rest 0.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaDescriptor
{
    /// <summary>How many bytes a descriptor has.</summary>
    public const int Size = 64;

    private const uint PasidMask = Hardware.Pasid.Count - 1;
    private const uint PrivilegeBit = 1u << 31;

    /// <summary>The PASID in a command. An ENQCMD replaces it; a dedicated queue ignores it.</summary>
    public Pasid Pasid { get; init; }

    /// <summary>The privilege in a command. An ENQCMD replaces it; a dedicated queue ignores it.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>What is to be done.</summary>
    public DmaOperation Operation { get; init; }

    /// <summary>How.</summary>
    public DmaDescriptorFlags Flags { get; init; }

    /// <summary>Which interrupt entry of the function tells of the completion.</summary>
    public int InterruptEntry { get; init; }

    /// <summary>Where the <see cref="DmaCompletionRecord"/> goes, a multiple of its size.</summary>
    public ulong CompletionRecord { get; init; }

    /// <summary>Where it reads from.</summary>
    public ulong Source { get; init; }

    /// <summary>Where it writes to; the second operand of a compare.</summary>
    public ulong Destination { get; init; }

    /// <summary>How many bytes.</summary>
    public uint Length { get; init; }

    /// <summary>The PASID of the destination, where the queue allows to name one.</summary>
    public Pasid DestinationPasid { get; init; }

    /// <summary>The pattern of a fill, the summand of an addition.</summary>
    public ulong Operand { get; init; }

    /// <summary>Decodes a descriptor.</summary>
    /// <param name="source">At least 64 bytes.</param>
    /// <returns>The descriptor.</returns>
    public static DmaDescriptor Read(ReadOnlySpan<byte> source)
    {
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(source);
        return new DmaDescriptor
        {
            Pasid = new Pasid(first & PasidMask),
            IsPrivileged = (first & PrivilegeBit) != 0,
            Operation = (DmaOperation)source[4],
            Flags = (DmaDescriptorFlags)source[5],
            InterruptEntry = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
            CompletionRecord = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            Source = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            Destination = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]),
            Length = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            DestinationPasid = new Pasid(BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) & PasidMask),
            Operand = BinaryPrimitives.ReadUInt64LittleEndian(source[40..]),
        };
    }

    /// <summary>Encodes the descriptor.</summary>
    /// <param name="destination">Takes 64 bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Pasid.Value | (IsPrivileged ? PrivilegeBit : 0));
        destination[4] = (byte)Operation;
        destination[5] = (byte)Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], (ushort)InterruptEntry);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], CompletionRecord);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Source);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], DestinationPasid.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], Operand);
    }
}
