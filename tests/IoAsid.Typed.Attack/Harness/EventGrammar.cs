using System.Text.RegularExpressions;

namespace IoAsid.Typed.Attack.Harness;

/// <summary>The order of the events of one life, by their first letters.</summary>
internal static partial class EventGrammar
{
    /// <summary>Returns true if the events are those of a whole life.</summary>
    /// <param name="kinds">The first letters of the events, in order.</param>
    /// <param name="observedFromStart">False for a life that began before it was observed.</param>
    public static bool Accepts(string kinds, bool observedFromStart) => Order().IsMatch(observedFromStart ? kinds : "A" + kinds);

    [GeneratedRegex("^A(BU)*B?FR$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Order();
}
