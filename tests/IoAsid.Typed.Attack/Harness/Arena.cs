using System.Collections.Concurrent;

namespace IoAsid.Typed.Attack.Harness;

/// <summary>
/// Two spaces with trees of the same types, in which the same numbers belong to different sets. Ids of the bait sets are published like all others, but no attacker may change
/// them. In the end they must be unchanged.
/// </summary>
internal sealed class Arena : IDisposable
{
    private const int Baits = 8;

    private const int Crowd = 20;
    private const uint CrowdNumber = 120;

    private readonly IoAsidSpace[] _spaces;
    private readonly IoAsidSet<Pear>[] _crowd;
    private int _mixtures;
    private readonly List<(IoAsidHandle<Apple> Handle, Apple Data)> _baits = [];
    private readonly EventLog _events = new();
    // These collections have no lock. An interrupt of an attacker that waits for such a lock would say nothing about the SDK.
    private readonly ConcurrentStack<IoAsidReference> _references = new();
    private readonly ConcurrentStack<IoAsidBinding> _bindings = new();
    private readonly ConcurrentStack<Task> _ends = new();
    private readonly ConcurrentStack<IDisposable> _others = new();

    public Arena(Setting setting)
    {
        _spaces = [new IoAsidSpace(setting.Options), new IoAsidSpace(setting.Options)];
        _crowd = [.. from space in _spaces from _ in Enumerable.Range(0, setting.Crowded ? Crowd : 0) select space.CreateSet<Pear>("crowd")];
        Array.ForEach(_crowd, set => set.Allocate(null, CrowdNumber, uint.CreateChecked(setting.Options.Capacity - 1)));
        Fruits = _spaces[0].CreateSet<Fruit>("fruits");
        Apples = Fruits.CreateSubset<Apple>("apples", Owner, quota: 40);
        Pears = Fruits.CreateSubset<Pear>("pears");
        BaitSets =
        [
            Fruits.CreateSubset<Apple>("bait beside", quota: Baits),
            _spaces[0].CreateSet<Apple>("bait root", quota: Baits),
            _spaces[1].CreateSet<Apple>("bait of another space", quota: Baits),
        ];
        foreach (IoAsidSet<Apple> set in BaitSets)
        {
            for (int bait = 0; bait < Baits; bait++)
            {
                Apple data = new(set.Name);
                _baits.Add((set.Allocate(data), data));
            }
        }

        if (setting.Observed)
            Array.ForEach(_spaces, space => space.Observe(_events.Record));
    }

    public SharedFields Shared { get; } = new();

    public SpareSpaces Spare { get; } = new();

    public object Owner { get; } = new();

    public IoAsidSpace SpaceUnderAttack => _spaces[0];

    public IoAsidSet<Fruit> Fruits { get; }

    public IoAsidSet<Apple> Apples { get; }

    public IoAsidSet<Pear> Pears { get; }

    public IoAsidSet<Apple>[] BaitSets { get; }

    /// <summary>The number of mixed handles that attackers used, each with the set of one handle and the id of another.</summary>
    public int Mixtures => _mixtures;

    public IoAsidHandle<Apple> Bait(int index) => _baits[index % _baits.Count].Handle;

    public void Keep(IoAsidReference reference) => _references.Push(reference);

    public void Keep(IoAsidBinding binding) => _bindings.Push(binding);

    public void Keep(Task end) => _ends.Push(end);

    public void Keep(IDisposable other) => _others.Push(other);

    public bool TryTakeReference(out IoAsidReference? reference) => _references.TryPop(out reference);

    public bool TryTakeBinding(out IoAsidBinding? binding) => _bindings.TryPop(out binding);

    public bool TryTakeOther(out IDisposable? other) => _others.TryPop(out other);

    /// <summary>Tries to read a handle whose set is that of the attacker from the shared field.</summary>
    public bool TryReadOwn(out IoAsidHandle<Apple> handle)
    {
        handle = Shared.Apple;
        if (handle == default || handle.Set != Apples)
            return false;

        if (BaitSets[0].Contains(handle.Id) || BaitSets[1].Contains(handle.Id))
            Interlocked.Increment(ref _mixtures);

        return true;
    }

    /// <summary>Requires that data has the type that its static type promises, and belongs to the given set.</summary>
    public void Require(Fruit? data, Type type, IoAsidSet? set = null)
    {
        if (data is null)
            return;

        // Without the cast to object, the compiler could rely on the static type.
        object seen = data;
        if (seen.GetType() != type && !(type == typeof(Fruit) && seen is Fruit))
            throw new BrokenPromiseException($"A {seen.GetType().Name} was returned as {type.Name}.");

        if (set is not null && data.Set != set.Name)
            throw new BrokenPromiseException($"Data of '{data.Set}' was found through '{set.Name}'.");
    }

    /// <summary>Completes the bindings, releases the references and frees the ids that are left. Requires that types, counts, quotas, numbers and events are exact.</summary>
    public void Audit()
    {
        RequireBaits();
        Release();
        foreach (IoAsidSpace space in _spaces)
            RequireAllNumbers(space);

        RequireEvents();
        RequireSpareSpaces();
    }

    public void Dispose()
    {
        Spare.Dispose();
        Array.ForEach(_spaces, space => space.Dispose());
    }

    private static void Require(bool holds, string promise)
    {
        if (!holds)
            throw new BrokenPromiseException(promise);
    }

    private void RequireBaits()
    {
        Require(!_events.Lives().Any(life => BaitSets.Contains(life.Set)), "An event of a bait was reported, although no attacker may change it.");
        foreach ((IoAsidHandle<Apple> handle, Apple data) in _baits)
            Require(!handle.IsStale && handle.Data == data && handle.PrivateId is null, $"Bait {handle} was changed by a handle of another set.");

        foreach (IoAsidSet<Apple> set in BaitSets)
        {
            IoAsidSetStatistics counts = set.GetStatistics();
            Require(counts is { Live: Baits, Pending: 0, Reclaimed: 0, Available: 0 }, $"The counts of '{set}' changed: {counts}.");
        }
    }

    private void Release()
    {
        QuietDrain drain = new();
        while (_bindings.TryPop(out IoAsidBinding? binding))
            binding.Complete(drain.Drain(binding));

        while (_references.TryPop(out IoAsidReference? reference))
            reference.Dispose();

        while (_others.TryPop(out IDisposable? other))
            other.Dispose();

        Fruits.FreeAll();
        Array.ForEach(BaitSets, set => set.FreeAll());
        Array.ForEach(_crowd, set => set.FreeAll());
        Require(_ends.All(end => end.IsCompletedSuccessfully), "The end of a life was not reported to its waiter.");
    }

    private static void RequireAllNumbers(IoAsidSpace space)
    {
        IoAsidSpaceStatistics counts = space.GetStatistics();
        Require(counts is { Outstanding: 0, Quarantined: 0, Retired: 0 } && space.DescribePending().Count == 0, $"Ids are left in '{space}': {counts}.");
        IoAsidSet<Fruit> rest = space.CreateSet<Fruit>("rest");
        long room = rest.GetStatistics().Available;
        for (long taken = 0; taken < room; taken++)
            Require(rest.TryAllocate(null, out _, out _), $"Only {taken} of {room} numbers of '{space}' can be allocated.");

        Require(!rest.TryAllocate(null, out _, out IoAsidAllocationFailure failure) && failure == IoAsidAllocationFailure.CapacityExhausted, $"'{space}' has too many numbers.");
        rest.FreeAll();
    }

    private void RequireSpareSpaces()
    {
        Spare.Release();
        Require(Spare.Fault is null, $"A custom allocator that did nothing wrong was reported: {Spare.Fault}");
        RequireAllNumbers(Spare.WithAllocators);
        foreach (IoAsidSpace disposed in Spare.Disposed)
            Require(disposed.GetStatistics().Outstanding == 0, $"Ids are left in a disposed space: {disposed.GetStatistics()}.");
    }

    private void RequireEvents()
    {
        foreach ((IoAsidSet set, string kinds) in _events.Lives())
            Require(EventGrammar.Accepts(kinds, observedFromStart: !BaitSets.Contains(set)), $"The events of a life came as '{kinds}'.");
    }

    private sealed class QuietDrain : IoAsidDrain
    {
        public DrainReceipt Drain(IoAsidBinding binding) => Certify(binding);
    }
}

/// <summary>A promise of the SDK that an attack broke.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
