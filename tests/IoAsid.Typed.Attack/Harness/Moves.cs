namespace IoAsid.Typed.Attack.Harness;

/// <summary>One use of a public member by an attacker.</summary>
internal sealed record Move(string Member, Action<Arena, Random> Make);

/// <summary>The members of the public surface, each as a move. Writers of the shared fields are among them, so that every member also meets mixed values.</summary>
internal static class Moves
{
    public static readonly Move[] All =
    [
        new("publish an own handle", (arena, random) => arena.Shared.Apple = Allocate(arena, random)),
        new("publish a bait", (arena, random) => arena.Shared.Apple = arena.Bait(random.Next(100))),
        new("publish a default handle", (arena, _) => arena.Shared.Apple = default),
        new("publish a pear", (arena, _) => arena.Shared.Pear = arena.Pears.TryAllocate(new Pear("pears"), out IoAsidHandle<Pear> made, out IoAsidAllocationFailure _) ? made : default),
        new("publish a lookup", (arena, random) => arena.Shared.Lookup = arena.Apples.Find(Number(random))),
        new("publish a reader", (arena, random) => arena.Shared.Reader = random.Next(3) switch
        {
            0 => default,
            1 => IoAsidReader<Fruit>.Of(arena.Apples),
            _ => arena.Fruits.Reader,
        }),
        new("observe", (arena, _) => arena.Keep(arena.Apples.Observe(edge => arena.Shared.Event = edge))),
        new("observe an owner", (arena, _) => arena.Keep(arena.SpaceUnderAttack.ObserveOwner(arena.Owner, edge => arena.Shared.Event = edge))),
        new("stop observing", (arena, _) => Dispose(arena)),

        new("handle.Data", (arena, _) => arena.Require(arena.Shared.Apple.Data, typeof(Apple))),
        new("handle.Data of a pear", (arena, _) => arena.Require(arena.Shared.Pear.Data, typeof(Pear))),
        new("handle.PrivateId", (arena, _) => Use(arena.Shared.Apple.PrivateId)),
        new("handle.IsStale", (arena, _) => Use(arena.Shared.Apple.IsStale)),
        new("handle.ToString", (arena, _) => Use(arena.Shared.Apple.ToString())),
        new("handle.GetHashCode", (arena, _) => Use(arena.Shared.Apple.GetHashCode() ^ arena.Shared.Pear.GetHashCode())),
        new("handle.SetData", (arena, _) => Own(arena, handle => handle.SetData(new Apple("apples")))),
        new("handle.SetData of a pear", (arena, _) => arena.Shared.Pear.SetData(new Pear("pears"))),
        new("handle.ClearData", (arena, _) => Own(arena, handle => handle.ClearData())),
        new("handle.AttachPrivateId", (arena, random) => Own(arena, handle => handle.AttachPrivateId(Private(random)))),
        new("handle.DetachPrivateId", (arena, _) => Own(arena, handle => handle.DetachPrivateId())),
        new("handle.Bind", (arena, _) => Own(arena, handle => arena.Keep(handle.Bind()))),
        new("handle.Free", (arena, _) => Own(arena, handle => handle.Free())),
        new("handle.FreeAsync", (arena, _) => Own(arena, handle => arena.Keep(handle.FreeAsync()))),
        new("handle.Free of a pear", (arena, _) => arena.Shared.Pear.Free()),

        new("lookup", (arena, _) => Read(arena, arena.Shared.Lookup)),
        new("event", (arena, _) => Use(arena.Shared.Event.ToString())),
        new("reader.Find", (arena, random) => arena.Require(arena.Shared.Reader.Find(Number(random)).Data, typeof(Fruit))),
        new("reader.Hold", (arena, random) => Hold(arena, arena.Shared.Reader, Number(random))),
        new("reader.TryHold", (arena, random) => Keep(arena, arena.Shared.Reader.TryHold(Number(random), out IoAsidReference<Fruit>? held) ? held : null)),
        new("reader.Entries", (arena, _) => arena.Shared.Reader.Entries().ToList().ForEach(entry => arena.Require(entry.Lookup.Data, typeof(Fruit)))),

        new("set.Find", (arena, random) => arena.Require(arena.Apples.Find(Number(random)).Data, typeof(Apple), arena.Apples)),
        new("set.TryFind", (arena, random) => arena.Require(arena.Pears.TryFind(Number(random), out Pear? data) ? data : null, typeof(Pear), arena.Pears)),
        new("set.Find with a getter", (arena, random) => arena.Fruits.Find(Number(random), data => data.Set.Length > 0)),
        new("set.Hold", (arena, random) => Hold(arena, arena.Apples, Number(random))),
        new("reader.Hold of a subset", (arena, random) => Hold(arena, IoAsidReader<Fruit>.Of(arena.Apples), Number(random), arena.Apples)),
        new("set.TryHold", (arena, random) => Keep(arena, arena.Apples.TryHold(Number(random), out IoAsidReference<Apple>? held) ? held : null)),
        new("set.TryHold by a private id", (arena, random) => Keep(arena, arena.Apples.TryHold(Private(random), out IoAsidReference<Apple>? held) ? held : null)),
        new("set.TryHold without data", (arena, random) => Keep(arena, ((IoAsidSet)arena.Fruits).TryHold(Number(random), out IoAsidReference? held) ? held : null)),
        new("set.TryResolve", (arena, random) => arena.Apples.TryResolve(Private(random), out _)),
        new("set.TryGetHandle", (arena, random) => arena.Shared.Apple = arena.Apples.TryGetHandle(Number(random), out IoAsidHandle<Apple> handle) ? handle : default),
        new("set.Contains", (arena, random) => arena.Apples.Contains(Number(random))),
        new("set.Ids", (arena, _) => Use(arena.Fruits.Ids.Count())),
        new("set.Entries", (arena, _) => arena.Apples.Entries().ToList().ForEach(entry => arena.Require(entry.Lookup.Data, typeof(Apple), arena.Apples))),
        new("set.GetStatistics", (arena, _) => Use(arena.Fruits.GetStatistics())),
        new("set.Allocate in a range", (arena, random) => arena.Shared.Apple = arena.Apples.Allocate(new Apple("apples"), (uint)random.Next(1, 60), 100)),
        new("set.Allocate without data", (arena, _) => arena.Shared.Apple = arena.Apples.Allocate()),
        new("set.FreeAll", (arena, _) => arena.Apples.FreeAll()),
        new("set.CreateSubset", (arena, random) => Subset(arena, random)),
        new("set.TryFindSubset", (arena, _) => arena.Fruits.TryFindSubset(arena.Owner, out IoAsidSet<Apple>? _)),

        new("handle in words", (arena, _) => Describe(arena.Shared.Apple, arena.Shared.Pear)),
        new("event in words", (arena, _) => Describe(arena.Shared.Event)),
        new("reader.TryFind", (arena, random) => arena.Require(arena.Shared.Reader.TryFind(Number(random), out Fruit? data) ? data : null, typeof(Fruit))),
        new("reader.Find with a getter", (arena, random) => arena.Require(arena.Shared.Reader.Find(Number(random), data => data.Set.Length > 0).Data, typeof(Fruit))),
        new("reader.Find with a state", (arena, random) => arena.Require(arena.Shared.Reader.Find(Number(random), 1, (data, least) => data.Set.Length >= least).Data, typeof(Fruit))),
        new("reader.Contains", (arena, random) => Use(arena.Shared.Reader.Contains(Number(random)))),
        new("reader.TryOf", (arena, _) => Use(IoAsidReader<Fruit>.TryOf(arena.Apples, out arena.Shared.Reader))),
        new("reader in words", (arena, _) => Describe(arena.Shared.Reader, arena.Fruits)),
        new("set.Find with a state", (arena, random) => arena.Require(arena.Apples.Find(Number(random), 1, (data, least) => data.Set.Length >= least).Data, typeof(Apple), arena.Apples)),
        new("set.TryAllocate in a range", (arena, random) => arena.Shared.Apple = arena.Apples.TryAllocate(new Apple("apples"), (uint)random.Next(1, 60), 100, out IoAsidHandle<Apple> made, out _) ? made : default),
        new("set.TryAllocate in another page", (arena, random) => arena.Shared.Apple = AllocateFar(arena, (uint)FarPage(random))),
        new("set.Allocate", (arena, _) => arena.Shared.Apple = arena.Apples.Allocate(new Apple("apples"))),
        new("set.TryHold without data by a private id", (arena, random) => Keep(arena, ((IoAsidSet)arena.Apples).TryHold(Private(random), out IoAsidReference? held) ? held : null)),
        new("set in words", (arena, _) => Describe(arena.Apples)),

        new("reference in words", (arena, _) => Describe(arena, arena.Apples.TryHold(new RawIoAsid(1), out IoAsidReference<Apple>? held) ? held : null)),
        new("reference.Dispose", (arena, _) => Release(arena)),
        new("binding.Complete", (arena, _) => Complete(arena)),
        new("binding in words", (arena, _) => Own(arena, handle => Describe(arena, handle.Bind("device")))),
        new("reservation.Release", (arena, _) => ReleasePart(arena)),
        new("space.ReserveCapacity", (arena, random) => arena.Keep(arena.SpaceUnderAttack.ReserveCapacity(random.Next(3)))),
        new("space.DescribePending", (arena, _) => Use(arena.SpaceUnderAttack.DescribePending().Count)),
        new("space.GetStatistics", (arena, _) => Use(arena.SpaceUnderAttack.GetStatistics())),
        new("space.CreateSet", (arena, _) => arena.SpaceUnderAttack.CreateSet<Fruit>("short-lived", new object()).Close()),
        new("space.RegisterAllocator", (arena, random) => arena.Spare.Register(random)),
        new("space.UnregisterAllocator", (arena, random) => arena.Spare.Unregister(random)),
        new("set.TryAllocate from an allocator", (arena, _) => arena.Spare.UseAllocated()),
        new("set.Close", (arena, _) => arena.Spare.Close(new object())),
        new("set.TryAllocate in a closing set", (arena, _) => arena.Spare.UseClosing()),
        new("space.Dispose", (arena, _) => arena.Spare.DisposeDoomed()),
        new("set.TryAllocate in a space being disposed", (arena, _) => arena.Spare.UseDoomed()),
        new("space.TryFindSet", (arena, _) => Use(arena.SpaceUnderAttack.TryFindSet(arena.Owner, out IoAsidSet<Fruit>? _))),
        new("space.Observe", (arena, _) => arena.Keep(arena.SpaceUnderAttack.Observe(edge => arena.Shared.Event = edge, IoAsidObserverPriority.Cpu))),
        new("space.Faulted", (arena, _) => HandleFaults(arena.SpaceUnderAttack)),
        new("space in words", (arena, _) => Use($"{arena.SpaceUnderAttack} {arena.SpaceUnderAttack.Name} {arena.SpaceUnderAttack.Capacity}")),
    ];

    /// <summary>Writes two handles of different sets to the shared field in turn, so that readers meet mixtures of both.</summary>
    public static void Tear(Arena arena, Random random)
    {
        IoAsidHandle<Apple> own = Allocate(arena, random);
        IoAsidHandle<Apple> bait = arena.Bait(random.Next(100));
        for (int turn = 0; turn < 200; turn++)
        {
            arena.Shared.Apple = own;
            arena.Shared.Apple = bait;
        }

        if (own != default)
            own.Free();
    }

    /// <summary>Uses the shared handle in every way that changes an id, as often as it claims to be of the attacker's set.</summary>
    public static void UseTorn(Arena arena, Random random)
    {
        for (int turn = 0; turn < 200; turn++)
        {
            Move move = Changes[random.Next(Changes.Length)];
            move.Make(arena, random);
        }
    }

    private static void Use<T>(T value) => GC.KeepAlive(value);

    private static Move[] Changes => field ??= [.. All.Where(move => move.Member.StartsWith("handle.", StringComparison.Ordinal))];

    /// <summary>Returns a number of the small spaces, or sometimes a number of a further page, which only large spaces have.</summary>
    private static RawIoAsid Number(Random random) => new((uint)(random.Next(4) == 0 ? FarPage(random) + random.Next(100) : random.Next(128)));

    private static int FarPage(Random random) => 1024 * random.Next(1, 3);

    private static PrivateIoAsid Private(Random random) => new((uint)random.Next(4));

    private static IoAsidHandle<Apple> Allocate(Arena arena, Random random) =>
        arena.Apples.TryAllocate(random.Next(4) == 0 ? null : new Apple("apples"), out IoAsidHandle<Apple> made, out _) ? made : default;

    private static IoAsidHandle<Apple> AllocateFar(Arena arena, uint page) =>
        arena.Apples.TryAllocate(new Apple("apples"), page + 1, page + 100, out IoAsidHandle<Apple> made, out _) ? made : default;

    private static void Own(Arena arena, Action<IoAsidHandle<Apple>> use)
    {
        if (arena.TryReadOwn(out IoAsidHandle<Apple> handle))
            use(handle);
    }

    private static void Read(Arena arena, IoAsidLookup<Apple> lookup)
    {
        arena.Require(lookup.Data, typeof(Apple), arena.Apples);
        if (lookup.IsFound != (lookup.Status == IoAsidLookupStatus.Found) || lookup.IsFound != lookup.Data is not null)
            throw new BrokenPromiseException($"A lookup contradicts itself: {lookup}.");
    }

    private static void Hold(Arena arena, IoAsidReader<Fruit> reader, RawIoAsid number, IoAsidSet? set = null)
    {
        using IoAsidHold<Fruit> hold = reader.Hold(number);
        if (hold.IsHeld && hold.Status == IoAsidLookupStatus.Found && hold.Id == number)
            arena.Require(hold.Data, typeof(Fruit), set);

        Use(hold.ToString());
    }

    private static void Hold(Arena arena, IoAsidSet<Apple> set, RawIoAsid number)
    {
        using IoAsidHold<Apple> hold = set.Hold(number);
        if (hold.IsHeld)
            arena.Require(hold.Data, typeof(Apple), set);
    }

    private static void Keep(Arena arena, IoAsidReference? held)
    {
        if (held is not null)
            arena.Keep(held);
    }

    private static void Subset(Arena arena, Random random)
    {
        IoAsidSet<Apple> subset = arena.Apples.CreateSubset<Apple>("below", new object(), quota: (uint)random.Next(3));
        if (subset.TryAllocate(new Apple("apples"), out IoAsidHandle<Apple> handle, out _))
            handle.Free();

        subset.Close();
    }

    private static void Release(Arena arena)
    {
        if (arena.TryTakeReference(out IoAsidReference? reference))
        {
            reference!.Dispose();
            reference.Dispose();
        }
    }

    private static void Complete(Arena arena)
    {
        if (arena.TryTakeBinding(out IoAsidBinding? binding))
            binding!.Complete(new Drained().Of(binding));
    }

    private static void ReleasePart(Arena arena)
    {
        IoAsidCapacityReservation reservation = arena.SpaceUnderAttack.ReserveCapacity(2);
        reservation.Release(1);
        arena.Keep(reservation);
        Use(reservation.Count);
    }

    private static void HandleFaults(IoAsidSpace space)
    {
        space.Faulted += Handle;
        space.Faulted -= Handle;

        static void Handle(object? sender, IoAsidFaultEventArgs fault)
        {
        }
    }

    private static void Describe(IoAsidHandle<Apple> apple, IoAsidHandle<Pear> pear)
    {
        Use(apple == default || apple != default || apple.Equals((object)pear) || apple.Equals(apple));
        if (apple != default)
            Use((apple.Id, apple.Generation, apple.Set));
    }

    private static void Describe(IoAsidEvent edge) => Use((edge.Id, edge.Generation, edge.Kind, edge.PrivateId, edge.Set));

    private static void Describe(IoAsidReader<Fruit> reader, IoAsidSet<Fruit> fruits)
    {
        IoAsidReader<Fruit> converted = fruits;
        Use(reader == converted || reader != converted || reader.Equals(converted) || reader.Equals((object)fruits));
        Use((reader.GetHashCode(), reader.ToString(), reader.Set));
    }

    private static void Describe(IoAsidSet set) =>
        Use((set.Name, set.Space, set.Parent, set.Root, set.DataType, set.Owner, set.Quota, set.IsClosed, set.ToString()));

    private static void Describe(Arena arena, IoAsidReference<Apple>? held)
    {
        if (held is not null)
        {
            arena.Keep(held);
            arena.Require(held.IsReleased ? null : held.Data, typeof(Apple), arena.Apples);
            Use((held.Id, held.ToString()));
        }
    }

    private static void Describe(Arena arena, IoAsidBinding binding)
    {
        arena.Keep(binding);
        Use((binding.Id, binding.Generation, binding.Device, binding.IsCompleted, binding.ToString()));
    }

    private static void Dispose(Arena arena)
    {
        if (arena.TryTakeOther(out IDisposable? other))
        {
            switch (other)
            {
                case IoAsidObserverRegistration registration:
                    Use(registration.Priority);
                    registration.Dispose();
                    break;
                case IoAsidCapacityReservation reservation:
                    reservation.Dispose();
                    break;
            }
        }
    }

    private sealed class Drained : IoAsidDrain
    {
        public DrainReceipt Of(IoAsidBinding binding) => Certify(binding);
    }
}
