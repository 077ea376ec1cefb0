using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation.Tests.Vectors;

/// <summary>
/// A memory request, and the addresses in memory that its data came from or went to. Before a read, each candidate address is filled with the address itself.
/// After a write, all candidates are searched for the written data. The original contents of memory are restored.
/// </summary>
internal sealed class DmaTransfer(VectorMachine machine, DmaRequest request, int length, IReadOnlyList<Segment> candidates)
{
    private const ulong Token = 0xA5A5_0000_0000_0000;

    /// <summary>The transferred words of 8 bytes, each with its input address and its address in memory.</summary>
    public List<(ulong Input, ulong Output)> Moved { get; } = [];

    public CompletionStatus Run()
    {
        byte[] data = new byte[length];
        Dictionary<ulong, ulong> before = Save();
        CompletionStatus status = request.Access == DmaAccess.Read ? Read(data, before) : Write(data, before);
        foreach ((ulong address, ulong value) in before)
            Assert.True(machine.Memory.TryWriteUInt64(address, value));
        return status;
    }

    private Dictionary<ulong, ulong> Save()
    {
        Dictionary<ulong, ulong> words = [];
        foreach (Segment segment in candidates)
        {
            for (ulong offset = 0; offset < segment.Length; offset += 8)
            {
                if (machine.Memory.TryReadUInt64(segment.Output + offset, out ulong value))
                    words[segment.Output + offset] = value;
            }
        }

        return words;
    }

    private CompletionStatus Read(byte[] data, Dictionary<ulong, ulong> places)
    {
        foreach (ulong place in places.Keys)
            Assert.True(machine.Memory.TryWriteUInt64(place, Token | place));
        CompletionStatus status = machine.Unit.Read(request, data);
        for (int offset = 0; offset < length; offset += 8)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(offset));
            if (places.ContainsKey(word & ~Token))
                Moved.Add((request.Address + (ulong)offset, word & ~Token));
            else if (status == CompletionStatus.Success)
                Moved.Add((request.Address + (ulong)offset, ulong.MaxValue));
        }

        return status;
    }

    private CompletionStatus Write(byte[] data, Dictionary<ulong, ulong> places)
    {
        for (int offset = 0; offset < length; offset += 8)
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(offset), Token | (uint)(offset + 8));
        foreach (ulong place in places.Keys)
            Assert.True(machine.Memory.TryWriteUInt64(place, 0));
        CompletionStatus status = machine.Unit.Write(request, data);
        foreach (ulong place in places.Keys)
        {
            Assert.True(machine.Memory.TryReadUInt64(place, out ulong word));
            if ((word & Token) == Token)
                Moved.Add((request.Address + (word & ~Token) - 8, place));
        }

        return status;
    }
}

/// <summary>A part of a request with consecutive addresses in memory.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Segment(ulong Input, ulong Output, ulong Length);
