using System.Diagnostics.Metrics;

namespace IoAsid.Typed.Seeing;

/// <summary>
/// The metrics of all spaces that are alive, under the meter <c>IoAsid.Typed</c>, tagged by space and root set. Everything is read when a listener asks, so
/// nothing is paid while nobody does.
/// </summary>
internal static class SpaceMetrics
{
    private static readonly object Gate = new();
    private static readonly List<WeakReference<IoAsidSpace>> Spaces = [];
    private static readonly Meter Meter = new("IoAsid.Typed");

    static SpaceMetrics()
    {
        Meter.CreateObservableUpDownCounter("ioasid.live", () => Measure(counts => counts.Live), "{id}", "Ids allocated and not freed.");
        Meter.CreateObservableUpDownCounter("ioasid.pending", () => Measure(counts => counts.Pending), "{id}", "Ids freed and not reclaimed.");
        Meter.CreateObservableCounter("ioasid.allocated", () => Measure(counts => (long)counts.Allocated), "{id}", "Ids ever allocated.");
        Meter.CreateObservableCounter("ioasid.reclaimed", () => Measure(counts => (long)counts.Reclaimed), "{id}", "Ids ever reclaimed.");
        Meter.CreateObservableCounter("ioasid.failed", () => Measure(counts => counts.Failed), "{allocation}", "Allocations that failed.");
    }

    public static void Add(IoAsidSpace space)
    {
        lock (Gate)
        {
            Spaces.RemoveAll(reference => !reference.TryGetTarget(out _));
            Spaces.Add(new WeakReference<IoAsidSpace>(space));
        }
    }

    public static void Remove(IoAsidSpace space)
    {
        lock (Gate)
        {
            Spaces.RemoveAll(reference => !reference.TryGetTarget(out IoAsidSpace? other) || other == space);
        }
    }

    private static List<Measurement<long>> Measure(Func<IoAsidSetStatistics, long> count)
    {
        List<Measurement<long>> measured = [];
        foreach (IoAsidSpace space in Alive())
        {
            // Names need not be unique, measurements must be.
            foreach (IGrouping<string, IoAsidSet> roots in space.Roots().GroupBy(root => root.Name, StringComparer.Ordinal))
            {
                measured.Add(new(roots.Sum(root => count(root.GetStatistics())), new("space", space.Name), new("root", roots.Key)));
            }
        }

        return measured;
    }

    private static List<IoAsidSpace> Alive()
    {
        lock (Gate)
        {
            List<IoAsidSpace> alive = [];
            foreach (WeakReference<IoAsidSpace> reference in Spaces)
            {
                if (reference.TryGetTarget(out IoAsidSpace? space))
                {
                    alive.Add(space);
                }
            }

            return alive;
        }
    }
}
