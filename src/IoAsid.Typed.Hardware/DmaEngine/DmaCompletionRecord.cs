using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Hardware;

/// <summary>
/// What a DMA engine writes when a descriptor is done: 32 bytes, little-endian, in one write. Byte 0 status; 1 result; 4-7 bytes
/// completed; 8 fault address; 16 value; the rest 0. Clear the status before the descriptor is sent.
/// </summary>
/// <param name="Status">How it ended.</param>
/// <param name="Result">What a compare found: 0 the same, 1 different.</param>
/// <param name="BytesCompleted">How far it came.</param>
/// <param name="FaultAddress">The address that could not be accessed.</param>
/// <param name="Value">What was there before an addition.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaCompletionRecord(
    DmaStatus Status, byte Result = 0, uint BytesCompleted = 0, ulong FaultAddress = 0, ulong Value = 0)
{
    /// <summary>How many bytes a record has.</summary>
    public const int Size = 32;

    /// <summary>Decodes a record.</summary>
    /// <param name="source">At least 32 bytes.</param>
    /// <returns>The record.</returns>
    public static DmaCompletionRecord Read(ReadOnlySpan<byte> source) => new(
        (DmaStatus)source[0],
        source[1],
        BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));

    /// <summary>Encodes the record.</summary>
    /// <param name="destination">Takes 32 bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        destination[0] = (byte)Status;
        destination[1] = Result;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], BytesCompleted);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], FaultAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Value);
    }
}
