using System.Text.RegularExpressions;

namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>The order of events for every observer: <c>Allocated (Bound Unbound)* [Bound] Freed Reclaimed</c> for each life, and one life after the other.</summary>
internal static partial class EventOrder
{
    public static void AssertWhole(IEnumerable<IoAsidEvent> told)
    {
        foreach (IGrouping<uint, IoAsidEvent> number in told.GroupBy(edge => edge.Id.Value))
        {
            string edges = string.Concat(number.Select(edge => Letter(edge.Kind)));
            Assert.Matches(Lives(), edges);
            uint[] generations = [.. number.Select(edge => edge.Generation)];
            Assert.Equal(generations.Order(), generations);
            Assert.Equal(edges.Count(letter => letter == 'A'), generations.Distinct().Count());
        }
    }

    private static char Letter(IoAsidEventKind kind) => kind switch
    {
        IoAsidEventKind.Allocated => 'A',
        IoAsidEventKind.Bound => 'B',
        IoAsidEventKind.Unbound => 'U',
        IoAsidEventKind.Freed => 'F',
        _ => 'R',
    };

    [GeneratedRegex("^(A(BU)*B?FR)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lives();
}
