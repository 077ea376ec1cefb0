namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The cost of one operation on a set with many siblings, against the same operation on a set with few.</summary>
internal static class GrowthRatios
{
    private const string Few = "the same among 1K siblings";

    /// <summary>The highest ratio. The cost must not grow with the number of siblings, but more memory causes more cache misses.</summary>
    private const double Goal = 3;

    private static readonly (string Name, int Siblings)[] Sizes = [("1K", 1 << 10), ("64K", 1 << 16), ("1M", 1 << 20)];

    public static void Measure(RatioTable table)
    {
        Family[] families = [.. Sizes.Select(size => new Family(size.Siblings))];
        Add(table, "create and close a set", [.. families.Select<Family, Action<int>>(family => family.CreateAndClose)]);
        Add(table, "create and close a set with an owner", [.. families.Select<Family, Action<int>>(family => family.CreateAndCloseOwned)]);
        Add(table, "find the set of an owner", [.. families.Select<Family, Action<int>>(family => family.FindOwned)]);
        Add(table, "observe a set and stop", [.. families.Select<Family, Action<int>>(family => family.Observe)]);
        Add(table, "allocate, find, hold and free in a set", [.. families.Select<Family, Action<int>>(family => family.Use)]);
        Add(table, "count the ids of a set", [.. families.Select<Family, Action<int>>(family => family.Count)]);
        Add(table, "list the ids of a set", [.. families.Select<Family, Action<int>>(family => family.List)]);
        Add(table, "allocate eight ids and free all of a set", [.. families.Select<Family, Action<int>>(family => family.FreeAll)]);
    }

    private static void Add(RatioTable table, string label, Action<int>[] bodies)
    {
        Sample[] samples = Interleaved.Nanoseconds(bodies);
        for (int size = 1; size < Sizes.Length; size++)
            table.Add(new(label, Sizes[size].Name, samples[size], Few, samples[0], Goal));
    }

    /// <summary>A root with many subsets, each with an owner, an observer and an id.</summary>
    private sealed class Family
    {
        private const int Ids = 8;

        // The number of siblings in use. It is that of the smallest family, so that the processor's caches hold them in each family.
        private const int Asked = 1 << 10;

        private readonly IoAsidSet<Data> _root = new IoAsidSpace(new IoAsidSpaceOptions { Capacity = 1 << 21 }).CreateSet<Data>("root");
        private readonly IoAsidSet<Data> _listed;
        private readonly IoAsidSet<Data> _emptied;
        private readonly object[] _owners = new object[Asked];
        private readonly object _newOwner = new();
        private int _next;

        public Family(int siblings)
        {
            _listed = _root.CreateSubset<Data>("listed");
            _emptied = _root.CreateSubset<Data>("emptied");
            for (int id = 0; id < Ids; id++)
                _listed.Allocate(Data.Shared);

            for (int index = 0; index < siblings; index++)
            {
                object owner = new();
                IoAsidSet<Data> sibling = _root.CreateSubset<Data>("sibling", owner);
                sibling.Observe(static _ => { });
                sibling.Allocate(Data.Shared);
                _owners[index % Asked] = owner;
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

        public void Use(int count)
        {
            for (int i = 0; i < count; i++)
            {
                IoAsidHandle<Data> handle = _emptied.Allocate(Data.Shared);
                using (IoAsidHold<Data> hold = _emptied.Hold(handle.Id))
                    Data.Sink += _emptied.TryFind(handle.Id, out _) && hold.IsHeld ? 1 : 0;

                handle.Free();
            }
        }

        public void Count(int count)
        {
            for (int i = 0; i < count; i++)
                Data.Sink += _listed.GetStatistics().Live;
        }

        public void List(int count)
        {
            for (int i = 0; i < count; i++)
                Data.Sink += _listed.Ids.Count();
        }

        public void FreeAll(int count)
        {
            for (int i = 0; i < count; i++)
            {
                for (int id = 0; id < Ids; id++)
                    _emptied.Allocate(Data.Shared);

                _emptied.FreeAll();
            }
        }
    }
}
