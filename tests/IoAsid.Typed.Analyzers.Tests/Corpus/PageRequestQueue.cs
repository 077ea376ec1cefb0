namespace Corpus;

/// <summary>Parses the ring that the unit writes. The numbers in it come from hardware.</summary>
[HardwareBoundary]
public sealed class PageRequestQueue(Memory<byte> ring, PageRequestHandler handler)
{
    private const int EntrySize = 32;
    private int _head;

    public int Count(int tail) => (tail - _head + ring.Length) % ring.Length / EntrySize;

    public int Drain(int tail, Action<PageRequest, PageResponse> respond)
    {
        int served = 0;
        for (; _head != tail; _head = (_head + EntrySize) % ring.Length, served++)
        {
            PageRequest request = Parse(ring.Span.Slice(_head, EntrySize));
            respond(request, handler.Serve(request));
        }

        return served;
    }

    private static PageRequest Parse(ReadOnlySpan<byte> entry)
    {
        ulong low = BitConverter.ToUInt64(entry);
        ulong high = BitConverter.ToUInt64(entry[8..]);
        return new PageRequest(
            new RequesterId((ushort)(low >> 16)),
            new RawIoAsid((uint)(low >> 32) & 0xFFFFF),
            high & ~0xFFFUL,
            (ushort)(high & 0x1FF),
            IsLast: (low & 0x10) != 0,
            IsWrite: (low & 0x20) != 0);
    }
}
