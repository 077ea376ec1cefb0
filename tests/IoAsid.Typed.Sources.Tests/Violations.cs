namespace IoAsid.Typed.Sources.Tests;

/// <summary>The places that violate a rule.</summary>
internal static class Violations
{
    /// <summary>Asserts that no place violates a rule.</summary>
    /// <param name="places">The places, each beginning with its path.</param>
    public static void AssertNone(IEnumerable<string> places)
    {
        string[] all = [.. places];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, [$"{all.Length} places violate the rule:", .. all]));
    }
}
