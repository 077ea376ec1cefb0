namespace IoAsid.Typed.Layouts.Tests;

/// <summary>Containers hold words, in the order and the bytes of memory.</summary>
public sealed class ContainerTests
{
    [Fact]
    public void Words_and_bytes_are_those_of_memory()
    {
        Holds<Bits8>();
        Holds<Bits16>();
        Holds<Bits32>();
        Holds<Bits64>();
        Holds<Bits128>();
        Holds<Bits256>();
        Holds<Bits512>();
    }

    [Fact]
    public void A_word_that_is_not_there_is_refused()
    {
        HasNoWordsBeside<Bits8>();
        HasNoWordsBeside<Bits16>();
        HasNoWordsBeside<Bits32>();
        HasNoWordsBeside<Bits64>();
        HasNoWordsBeside<Bits128>();
        HasNoWordsBeside<Bits256>();
        HasNoWordsBeside<Bits512>();
    }

    [Fact]
    public void Bits_intersect_if_one_bit_is_set_in_both()
    {
        IntersectsBitwise<Bits8>();
        IntersectsBitwise<Bits16>();
        IntersectsBitwise<Bits32>();
        IntersectsBitwise<Bits64>();
        IntersectsBitwise<Bits128>();
        IntersectsBitwise<Bits256>();
        IntersectsBitwise<Bits512>();
    }

    [Fact]
    public void Halves_of_256_bits_are_containers() =>
        Assert.Equal((new Bits128(1, 2), new Bits128(3, 4)), (new Bits256(1, 2, 3, 4).Lower, new Bits256(1, 2, 3, 4).Upper));

    [Fact]
    public void A_container_of_one_word_converts_both_ways()
    {
        Bits8 byteBits = (byte)0x12;
        Bits16 shortBits = (ushort)0x1234;
        Bits32 intBits = 0x1234_5678U;
        Bits64 longBits = 0x1234UL;
        byte rawByte = byteBits;
        ushort rawShort = shortBits;
        uint rawInt = intBits;
        ulong rawLong = longBits;

        Assert.Multiple(
            () => Assert.Equal(0x12, rawByte),
            () => Assert.Equal(byteBits.ToByte(), rawByte),
            () => Assert.Equal(byteBits, Bits8.FromByte(0x12)));
        Assert.Multiple(
            () => Assert.Equal(0x1234, rawShort),
            () => Assert.Equal(shortBits.ToUInt16(), rawShort),
            () => Assert.Equal(shortBits, Bits16.FromUInt16(0x1234)));
        Assert.Multiple(
            () => Assert.Equal(0x1234_5678U, rawInt),
            () => Assert.Equal(intBits.ToUInt32(), rawInt),
            () => Assert.Equal(intBits, Bits32.FromUInt32(0x1234_5678)));
        Assert.Multiple(
            () => Assert.Equal(0x1234UL, rawLong),
            () => Assert.Equal(longBits.ToUInt64(), rawLong),
            () => Assert.Equal(longBits, Bits64.FromUInt64(0x1234)));
    }

    [Fact]
    public void Bits_above_the_size_of_a_container_are_dropped()
    {
        Assert.Equal(new Bits8(0xFF), default(Bits8).WithWord(0, 0x1FF));
        Assert.Equal(new Bits16(1), default(Bits16).WithWord(0, 0x1_0001));
        Assert.Equal(new Bits32(1), default(Bits32).WithWord(0, 0x1_0000_0001));
    }

    private static void Holds<TBits>()
        where TBits : struct, IBits<TBits>
    {
        int size = TBits.SizeInBytes;
        byte[] bytes = [.. Enumerable.Range(0, size).Select(value => (byte)(value + 1))];
        ulong[] words = [.. bytes.Chunk(8).Select(word => word.Reverse().Aggregate(0UL, (sum, next) => (sum << 8) | next))];
        TBits bits = RawWords.Read<TBits>(words);

        Assert.Equal(bits, RawWords.Read<TBits>(bytes));
        Assert.Equal(words, Enumerable.Range(0, TBits.Words).Select(word => bits[word]));
        var wordsBack = new ulong[TBits.Words];
        var bytesBack = new byte[size];
        RawWords.Write(bits, wordsBack);
        RawWords.Write(bits, bytesBack);
        Assert.Equal(words, wordsBack);
        Assert.Equal(bytes, bytesBack);
        Assert.Throws<ArgumentException>("words", () => RawWords.Read<TBits>(words.AsSpan(1)));
        Assert.Throws<ArgumentException>("bytes", () => RawWords.Read<TBits>(bytes.AsSpan(1)));
        Assert.Throws<ArgumentException>("words", () => RawWords.Write(bits, wordsBack.AsSpan(1)));
        Assert.Throws<ArgumentException>("bytes", () => RawWords.Write(bits, bytesBack.AsSpan(1)));
    }

    private static void HasNoWordsBeside<TBits>()
        where TBits : struct, IBits<TBits>
    {
        foreach (int word in new[] { -1, TBits.Words })
        {
            Assert.Throws<ArgumentOutOfRangeException>("word", () => default(TBits)[word]);
            Assert.Throws<ArgumentOutOfRangeException>("word", () => default(TBits).WithWord(word, 1));
        }
    }

    private static void IntersectsBitwise<TBits>()
        where TBits : struct, IBits<TBits>
    {
        for (int word = 0; word < TBits.Words; word++)
        {
            TBits one = default(TBits).WithWord(word, 0b0110);

            Assert.True(one.Intersects(default(TBits).WithWord(word, 0b0100)));
            Assert.False(one.Intersects(default(TBits).WithWord(word, 0b1001)));
            Assert.Equal(TBits.Words == 1, one.Intersects(default(TBits).WithWord((word + 1) % TBits.Words, 0b0110)));
        }
    }
}
