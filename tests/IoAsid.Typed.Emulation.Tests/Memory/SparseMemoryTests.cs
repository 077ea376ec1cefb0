using CsCheck;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The copies of emulated memory.</summary>
public sealed class SparseMemoryTests
{
    private const ulong Start = SparseMemory.Granularity;
    private const int Bytes = 3 * (int)SparseMemory.Granularity;

    // Lengths around multiples of 2,048 bytes, at addresses around the borders of chunks and of memory.
    private static readonly Gen<(ulong Address, int Length)> Ranges = Gen.Select(
        Gen.ULong[0, 5], Gen.Int[-4_200, 40], Gen.Int[0, 3], Gen.Int[-9, 9],
        (border, offset, pieces, more) => (border * SparseMemory.Granularity + (ulong)offset, Math.Max(0, pieces * 2_048 + more)));

    [Fact]
    public void Copies_read_and_write_the_bytes_of_their_range_only() => Ranges.Array[1, 30].Sample(ranges =>
    {
        SparseMemory memory = new(new MemoryRange(Start, Bytes));
        byte[] model = new byte[Bytes];
        for (int write = 0; write < ranges.Length; write++)
        {
            (ulong address, int length) = ranges[write];
            byte[] data = [.. Enumerable.Range(write * 7 + 1, length).Select(value => (byte)value)];
            byte[] read = new byte[length];
            bool isMemory = address >= Start && address < Start + Bytes && (ulong)length <= Start + Bytes - address;
            Assert.Equal((isMemory, isMemory), (memory.TryWrite(address, data), memory.TryRead(address, read)));
            if (!isMemory)
                continue;
            Assert.Equal(data, read);
            data.CopyTo(model, (int)(address - Start));
        }

        byte[] all = new byte[Bytes];
        Assert.True(memory.TryRead(Start, all));
        Assert.True(all.AsSpan().SequenceEqual(model));
    });
}
