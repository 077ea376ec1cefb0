namespace IoAsid.Typed.Vtd.Tests.Fields;

/// <summary>Containers hold words, in the order and the bytes of memory.</summary>
public sealed class ContainerTests
{
    [Fact]
    public void Words_and_bytes_are_those_of_memory()
    {
        Holds<Bits64>();
        Holds<Bits128>();
        Holds<Bits256>();
        Holds<Bits512>();
    }

    [Fact]
    public void A_word_that_is_not_there_is_refused()
    {
        HasNoWordsBeside<Bits64>();
        HasNoWordsBeside<Bits128>();
        HasNoWordsBeside<Bits256>();
        HasNoWordsBeside<Bits512>();
    }

    [Fact]
    public void Bits_intersect_if_one_bit_is_set_in_both()
    {
        IntersectsBitwise<Bits64>();
        IntersectsBitwise<Bits128>();
        IntersectsBitwise<Bits256>();
        IntersectsBitwise<Bits512>();
    }

    [Fact]
    public void A_descriptor_of_a_narrow_queue_has_an_upper_half_of_zeros()
    {
        var descriptor = new InvalidationDescriptor(new Bits128(0x1_0005, 0x40));

        Assert.Equal(new Bits256(0x1_0005, 0x40, 0, 0), descriptor.Bits);
        Assert.Equal((new Bits128(0x1_0005, 0x40), default), (descriptor.Bits.Lower, descriptor.Bits.Upper));
        Assert.Equal(new Bits128(3, 4), new Bits256(1, 2, 3, 4).Upper);
    }

    [Fact]
    public void A_word_converts_both_ways()
    {
        Bits64 bits = 0x1234UL;
        ulong raw = bits;

        Assert.Equal((0x1234UL, 0x1234UL, bits), (raw, bits.ToUInt64(), Bits64.FromUInt64(0x1234)));
    }

    private static void Holds<TBits>()
        where TBits : struct, IBits<TBits>
    {
        ulong[] words = [.. Enumerable.Range(0, TBits.Words).Select(word => 0x0706_0504_0302_0100UL + (0x0808_0808_0808_0808UL * (ulong)word))];
        byte[] bytes = [.. Enumerable.Range(0, TBits.Words * 8).Select(value => (byte)value)];
        TBits bits = RawWords.Read<TBits>(words);

        Assert.Equal(bits, RawWords.Read<TBits>(bytes));
        Assert.Equal(words, Enumerable.Range(0, TBits.Words).Select(word => bits[word]));
        var wordsBack = new ulong[TBits.Words];
        var bytesBack = new byte[TBits.Words * 8];
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
