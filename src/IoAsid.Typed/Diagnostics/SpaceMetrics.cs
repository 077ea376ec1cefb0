using System.Diagnostics.Metrics;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Diagnostics;

/// <summary>
/// The metrics of all spaces that are alive, under the meter <c>IoAsid.Typed</c>, tagged by space and root set. Counts are read when a listener asks.
/// Without listeners they cost nothing.
/// </summary>
internal static class SpaceMetrics
{
    private const int FirstSweep = 64;

    private static readonly UninterruptedLock Gate = new();
    private static readonly LinkedList<WeakReference<IoAsidSpace>> Spaces = new();
    private static int s_nextSweep = FirstSweep;
    private static readonly Meter Meter = new("IoAsid.Typed");

    static SpaceMetrics()
    {
        Meter.CreateObservableUpDownCounter("ioasid.live", () => Measure(counts => counts.Live), "{id}", "Ids allocated and not freed.");
        Meter.CreateObservableUpDownCounter("ioasid.pending", () => Measure(counts => counts.Pending), "{id}", "Ids freed and not reclaimed.");
        Meter.CreateObservableCounter("ioasid.allocated", () => Measure(counts => (long)counts.Allocated), "{id}", "Ids ever allocated.");
        Meter.CreateObservableCounter("ioasid.reclaimed", () => Measure(counts => (long)counts.Reclaimed), "{id}", "Ids ever reclaimed.");
        Meter.CreateObservableCounter("ioasid.failed", () => Measure(counts => counts.Failed), "{allocation}", "Allocations that failed.");
    }

    public static Registration Add(IoAsidSpace space)
    {
        using (Gate.Enter())
        {
            SweepIfDue();
            return new Registration(Spaces.AddLast(new WeakReference<IoAsidSpace>(space)));
        }
    }

    public static void Remove(Registration registration)
    {
        using (Gate.Enter())
        {
            if (registration.Node.List is not null)
                Spaces.Remove(registration.Node);
        }
    }

    /// <summary>Removes the spaces that were collected without disposal. Runs after as many additions as spaces were left, so that an addition costs the same on average.</summary>
    private static void SweepIfDue()
    {
        if (Spaces.Count < s_nextSweep)
            return;

        LinkedListNode<WeakReference<IoAsidSpace>>? next = Spaces.First;
        while (next is { } at)
        {
            next = at.Next;
            if (!at.Value.TryGetTarget(out _))
                Spaces.Remove(at);
        }

        s_nextSweep = Math.Max(FirstSweep, 2 * Spaces.Count);
    }

    private static List<Measurement<long>> Measure(Func<IoAsidSetStatistics, long> count)
    {
        List<Measurement<long>> measured = [];
        foreach (IoAsidSpace space in Alive())
        {
            // Names need not be unique, measurements must be.
            foreach (IGrouping<string, IoAsidSet> roots in space.Tree.Roots().GroupBy(root => root.Name, StringComparer.Ordinal))
                measured.Add(new(roots.Sum(root => count(root.GetStatistics())), new("space", space.Name), new("root", roots.Key)));
        }

        return measured;
    }

    private static List<IoAsidSpace> Alive()
    {
        using (Gate.Enter())
        {
            List<IoAsidSpace> alive = [];
            foreach (WeakReference<IoAsidSpace> reference in Spaces)
            {
                if (reference.TryGetTarget(out IoAsidSpace? space))
                    alive.Add(space);
            }

            return alive;
        }
    }

    /// <summary>The place of a space among those that are measured.</summary>
    internal readonly record struct Registration(LinkedListNode<WeakReference<IoAsidSpace>> Node);
}
