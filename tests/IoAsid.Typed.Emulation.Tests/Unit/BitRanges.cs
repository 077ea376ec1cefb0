namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The notation of bit ranges in the tables of the specification.</summary>
internal static class BitRanges
{
    /// <summary>Returns the bits of a text: <c>63:46 5</c> is each bit from 46 to 63, and bit 5.</summary>
    public static IEnumerable<int> Of(string text) => text.Split(' ').SelectMany(range =>
    {
        int[] ends = [.. range.Split(':').Select(int.Parse)];
        return Enumerable.Range(ends[^1], ends[0] - ends[^1] + 1);
    });
}
