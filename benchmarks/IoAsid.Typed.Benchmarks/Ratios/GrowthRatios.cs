namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>What one operation on the tree of sets costs among many siblings, against the same among few.</summary>
internal static class GrowthRatios
{
    private const string Few = "the same among 1K siblings";

    /// <summary>The cost must not grow with the siblings; what is left is that more memory is touched.</summary>
    private const double Goal = 3;

    private static readonly (string Name, int Siblings)[] Sizes = [("1K", 1 << 10), ("64K", 1 << 16), ("1M", 1 << 20)];

    public static void Measure(RatioTable table)
    {
        Family[] families = [.. Sizes.Select(size => new Family(size.Siblings))];
        Add(table, "create and close a set", [.. families.Select<Family, Action<int>>(family => family.CreateAndClose)]);
        Add(table, "create and close a set with an owner", [.. families.Select<Family, Action<int>>(family => family.CreateAndCloseOwned)]);
        Add(table, "find the set of an owner", [.. families.Select<Family, Action<int>>(family => family.FindOwned)]);
        Add(table, "observe a set and stop", [.. families.Select<Family, Action<int>>(family => family.Observe)]);
    }

    private static void Add(RatioTable table, string what, Action<int>[] bodies)
    {
        Sample[] samples = Interleaved.Nanoseconds(bodies);
        for (int size = 1; size < Sizes.Length; size++)
            table.Add(new(what, Sizes[size].Name, samples[size], Few, samples[0], Goal));
    }

    /// <summary>A root with many subsets, each with an owner and an observer.</summary>
    private sealed class Family
    {
        private readonly IoAsidSet<Data> _root = new IoAsidSpace().CreateSet<Data>("root");
        private readonly object[] _owners;
        private readonly object _newOwner = new();
        private int _next;

        public Family(int siblings)
        {
            _owners = new object[siblings];
            for (int index = 0; index < siblings; index++)
            {
                _owners[index] = new object();
                _root.CreateSubset<Data>("sibling", _owners[index]).Observe(static _ => { });
            }
        }

        public void CreateAndClose(int count)
        {
            for (int i = 0; i < count; i++)
                _root.CreateSubset<Data>("set").Close();
        }

        public void CreateAndCloseOwned(int count)
        {
            for (int i = 0; i < count; i++)
                _root.CreateSubset<Data>("set", _newOwner).Close();
        }

        public void FindOwned(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _next = (_next + 97) % _owners.Length;
                _root.TryFindSubset<Data>(_owners[_next], out _);
            }
        }

        public void Observe(int count)
        {
            for (int i = 0; i < count; i++)
                _root.Observe(static _ => { }).Dispose();
        }
    }
}
