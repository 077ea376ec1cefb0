namespace IoAsid.Typed.Vtd.Tests.Structures;

/// <summary>The bytes of a structure by published constants, and the structure that must have them.</summary>
public sealed record GoldenCase(string Structure, string Bytes, string Encoded, string Decoded, string Expected, ulong[] Words)
{
    public static GoldenCase Of<TStructure, TBits>(string bytes, IBitStructure<TStructure, TBits> structure)
        where TStructure : struct, IBitStructure<TStructure, TBits>
        where TBits : struct, IBits<TBits>
    {
        byte[] golden = Convert.FromHexString(bytes.Replace(" ", string.Empty));
        var encoded = new byte[TBits.Words * sizeof(ulong)];
        RawWords.Write(structure.Bits, encoded);
        Assert.Equal(encoded.Length, golden.Length);
        TStructure decoded = new() { Bits = RawWords.Read<TBits>(golden) };
        var words = new ulong[TBits.Words];
        RawWords.Write(decoded.Bits, words);
        return new(typeof(TStructure).Name, Convert.ToHexStringLower(golden), Convert.ToHexStringLower(encoded), decoded.ToString()!, structure.ToString()!, words);
    }
}
