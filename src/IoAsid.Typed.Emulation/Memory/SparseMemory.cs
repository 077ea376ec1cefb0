using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Emulated physical memory: little-endian, and zero until written. Only chunks of 64 KiB that were written to use memory of the host. An access that touches
/// an address outside of the ranges of RAM fails. Not thread-safe.
/// </summary>
internal sealed class SparseMemory : IPhysicalMemory
{
    /// <summary>The alignment of ranges of RAM, in bytes.</summary>
    public const ulong Granularity = 1UL << ChunkShift;

    // The runtime copies more bytes at once by an instruction that takes four times as long on some processors.
    private const int LongestCopy = 2048;

    private const int ChunkShift = 16;
    private const int RegionShift = 30;
    private const int WordsPerChunk = 1 << (ChunkShift - 3);
    private const int ChunksPerRegion = 1 << (RegionShift - ChunkShift);

    // Reads need no check for unwritten chunks and holes: an unwritten chunk is a shared chunk of zeros, and a hole is an empty chunk.
    private static readonly ulong[] Untouched = new ulong[WordsPerChunk];
    private static readonly ulong[] Hole = [];
    private static readonly ulong[][] EmptyRegion = RegionOf(Hole);

    private readonly ulong[][][] _regions;

    /// <summary>Creates memory with ranges of RAM.</summary>
    /// <param name="ram">The ranges. Each is aligned to <see cref="Granularity"/>, below 2^52, and does not overlap another.</param>
    /// <exception cref="ArgumentException">A range is empty, unaligned, above 2^52, or overlaps another.</exception>
    public SparseMemory(params IReadOnlyList<MemoryRange> ram)
    {
        Ram = [.. ram.OrderBy(range => range.Start)];
        Check(Ram);
        ulong end = Ram.Count == 0 ? 0 : Ram[^1].End;
        _regions = new ulong[(int)((end + (1UL << RegionShift) - 1) >> RegionShift)][][];
        Array.Fill(_regions, EmptyRegion);
        foreach (MemoryRange range in Ram)
            Populate(range);
    }

    /// <summary>The ranges of RAM, ascending.</summary>
    public IReadOnlyList<MemoryRange> Ram { get; }

    /// <summary>The number of bytes of host memory that the contents use.</summary>
    public long TouchedBytes { get; private set; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadUInt64(ulong address, out ulong value)
    {
        if ((address & 7) != 0)
            ThrowUnaligned(address, 8);
        return TryReadAligned(address, out value);
    }

    /// <summary>Tries to read the word in which an address lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadAligned(ulong address, out ulong value)
    {
        ulong[] chunk = ChunkAt(address);
        int word = WordOf(address);
        if ((uint)word >= (uint)chunk.Length)
        {
            value = 0;
            return false;
        }

        value = LittleEndian(chunk[word]);
        return true;
    }

    /// <inheritdoc/>
    public bool TryWriteUInt64(ulong address, ulong value)
    {
        if ((address & 7) != 0)
            ThrowUnaligned(address, 8);
        ulong[] chunk = WritableChunkAt(address);
        if (chunk.Length == 0)
            return false;
        chunk[WordOf(address)] = LittleEndian(value);
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadUInt32(ulong address, out uint value)
    {
        if ((address & 3) != 0)
            ThrowUnaligned(address, 4);
        bool there = TryReadUInt64(address & ~7UL, out ulong word);
        value = (uint)(word >> (int)(address & 4) * 8);
        return there;
    }

    /// <inheritdoc/>
    public bool TryWriteUInt32(ulong address, uint value)
    {
        if ((address & 3) != 0)
            ThrowUnaligned(address, 4);
        if (!TryReadUInt64(address & ~7UL, out ulong word))
            return false;
        int shift = (int)(address & 4) * 8;
        return TryWriteUInt64(address & ~7UL, word & ~(0xFFFF_FFFFUL << shift) | (ulong)value << shift);
    }

    /// <inheritdoc/>
    public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found) =>
        TryReadUInt64(address, out found) && (found != expected || TryWriteUInt64(address, value));

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!IsRam(address, destination.Length))
            return false;
        while (destination.Length > 0)
        {
            ReadOnlySpan<byte> source = BytesAt(ChunkAt(address), address);
            int length = Math.Min(source.Length, destination.Length);
            Copy(source[..length], destination);
            destination = destination[length..];
            address += (ulong)length;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!IsRam(address, source.Length))
            return false;
        while (source.Length > 0)
        {
            Span<byte> destination = BytesAt(WritableChunkAt(address), address);
            int length = Math.Min(source.Length, destination.Length);
            Copy(source[..length], destination);
            source = source[length..];
            address += (ulong)length;
        }

        return true;
    }

    private static void Copy(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (source.Length > LongestCopy)
        {
            source[..LongestCopy].CopyTo(destination);
            source = source[LongestCopy..];
            destination = destination[LongestCopy..];
        }

        source.CopyTo(destination);
    }

    private static void Check(IReadOnlyList<MemoryRange> ram)
    {
        ulong free = 0;
        foreach (MemoryRange range in ram)
        {
            if (range.Length == 0 || (range.Start | range.Length) % Granularity != 0)
                throw new ArgumentException($"RAM at {range} is empty or unaligned. Start and length must be multiples of {Granularity} bytes.", nameof(ram));
            if (range.Start < free)
                throw new ArgumentException($"RAM at {range} overlaps the range below it. Separate the ranges.", nameof(ram));
            if (range.Length > (1UL << 52) || range.End > 1UL << 52)
                throw new ArgumentException($"RAM at {range} exceeds physical addresses of 52 bits. End it at or below 2^52.", nameof(ram));
            free = range.End;
        }
    }

    private void Populate(MemoryRange range)
    {
        for (ulong address = range.Start; address < range.End; address += Granularity)
        {
            ref ulong[][] region = ref _regions[(int)(address >> RegionShift)];
            if (ReferenceEquals(region, EmptyRegion))
                region = RegionOf(Hole);
            region[ChunkOf(address)] = Untouched;
        }
    }

    private static ulong[][] RegionOf(ulong[] chunk)
    {
        ulong[][] region = new ulong[ChunksPerRegion][];
        Array.Fill(region, chunk);
        return region;
    }

    /// <summary>Returns true if all bytes of a range are in RAM.</summary>
    internal bool IsRam(ulong address, int length)
    {
        ulong last = address + (ulong)Math.Max(length, 1) - 1;
        if (last < address)
            return false;
        for (ulong at = address & ~(Granularity - 1); at <= last; at += Granularity)
        {
            if (ChunkAt(at).Length == 0)
                return false;
        }

        return true;
    }

    // Each region has all its chunks, so the comparison is the only check of bounds that the two reads need.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong[] ChunkAt(ulong address)
    {
        ulong[][][] regions = _regions;
        ulong region = address >> RegionShift;
        return region < (uint)regions.Length
            ? Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(regions), (nint)region)), ChunkOf(address))
            : Hole;
    }

    private ulong[] WritableChunkAt(ulong address)
    {
        ulong[] chunk = ChunkAt(address);
        if (!ReferenceEquals(chunk, Untouched))
            return chunk;
        chunk = new ulong[WordsPerChunk];
        _regions[(int)(address >> RegionShift)][ChunkOf(address)] = chunk;
        TouchedBytes += (long)Granularity;
        return chunk;
    }

    private static Span<byte> BytesAt(ulong[] chunk, ulong address) =>
        MemoryMarshal.AsBytes(chunk.AsSpan())[(int)(address & (Granularity - 1))..];

    private static uint ChunkOf(ulong address) => (uint)(address >> ChunkShift) & (ChunksPerRegion - 1);

    private static int WordOf(ulong address) => (int)(address >> 3) & (WordsPerChunk - 1);

    private static ulong LittleEndian(ulong value) =>
        BitConverter.IsLittleEndian ? value : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);

    private static void ThrowUnaligned(ulong address, int size) =>
        throw new ArgumentException($"The address 0x{address:X} is not a multiple of {size}. An access of {size} bytes must be aligned.", nameof(address));
}
