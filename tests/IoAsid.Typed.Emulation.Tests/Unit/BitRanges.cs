namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Ranges of bits as tables of the specification name them.</summary>
internal static class BitRanges
{
    /// <summary>The bits of a text: <c>63:46 5</c> is each bit from 46 to 63, and bit 5.</summary>
    public static IEnumerable<int> Of(string text) => text.Split(' ').SelectMany(range =>
    {
        int[] ends = [.. range.Split(':').Select(int.Parse)];
        return Enumerable.Range(ends[^1], ends[0] - ends[^1] + 1);
    });
}
