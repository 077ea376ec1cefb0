using System.Text.RegularExpressions;

namespace IoAsid.Typed.Attack.Harness;

/// <summary>The order of the events of one life, by their first letters. The bait ids were allocated before anybody observed.</summary>
internal static partial class EventGrammar
{
    public static bool Accepts(string kinds) => Order().IsMatch(kinds);

    [GeneratedRegex("^A?(BU)*B?FR$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Order();
}
