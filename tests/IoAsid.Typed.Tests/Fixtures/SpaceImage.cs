using System.Globalization;
using System.Text;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Tests.Fixtures;

/// <summary>The state of a small space as text, which a failure must not change. It leaves out the counts of failures, which a failure changes.</summary>
internal static class SpaceImage
{
    public static string Of(IoAsidSpace space) => Of(space, withFreeGenerations: true);

    /// <param name="space">The space.</param>
    /// <param name="withFreeGenerations">Whether the text contains the generations of free numbers.</param>
    public static string Of(IoAsidSpace space, bool withFreeGenerations)
    {
        StringBuilder image = new();
        using (space.Pool.EnterWithoutStocks(charged: null))
        {
            image.AppendLine(CultureInfo.InvariantCulture, $"outstanding {space.Pool.Outstanding}, retired {space.Pool.Retired}, quarantined {space.Pool.Quarantined}");
            image.AppendLine(CultureInfo.InvariantCulture, $"capacity {Text(space.Pool.Capacity)}");
        }

        foreach (IoAsidSet root in space.Tree.Roots())
            Describe(root, "", image);

        for (uint id = 0; id <= space.Pool.Highest; id++)
            Describe(space, id, withFreeGenerations, image);

        return image.ToString();
    }

    /// <summary>Runs an action and asserts that it changes nothing.</summary>
    public static void AssertUnchanged(IoAsidSpace space, Action attempt)
    {
        string before = Of(space);
        attempt();
        Assert.Equal(before, Of(space));
    }

    private static string Text(Allocation.Budget budget) => $"{budget.Used} + {budget.Granted} of {budget.Limit}";

    private static void Describe(IoAsidSet set, string indent, StringBuilder image)
    {
        image.AppendLine(CultureInfo.InvariantCulture, $"{indent}{set}: held {set.Unreclaimed}, pending {set.PendingCount}, reclaimed {set.ReclaimedCount}, budget {Text(set.Budget)}, closed {set.IsClosed}");
        foreach (IoAsidSet child in set.Children)
            Describe(child, indent + "  ", image);
    }

    private static void Describe(IoAsidSpace space, uint id, bool withFreeGenerations, StringBuilder image)
    {
        bool free;
        using (space.Pool.Enter())
        {
            free = space.Pool.TryTake(id);
            if (free)
                space.Pool.PutBack(id);
        }

        LifeWord word = space.Lives.WordOf(id);
        IoAsidLookupStatus status = space.Examine(within: null, id, out object? data);
        PrivateIoAsid? privateId = space.Records.Find(new Life(id, word.Generation))?.PrivateId;
        image.AppendLine(CultureInfo.InvariantCulture,
            $"{id}: {(free ? "free" : word.IsFree ? "out of use" : "live")}, generation {(word.IsFree && !withFreeGenerations ? "" : word.Generation)}, {word.References} references, pending {word.IsPending}, {status} {data}, private {privateId}");
    }
}
