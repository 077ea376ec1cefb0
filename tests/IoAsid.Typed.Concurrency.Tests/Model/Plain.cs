namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>The expected answers of a space, from lists and loops in one thread, without regard to speed.</summary>
internal sealed class Plain(PlainOptions options)
{
    private readonly uint[] _generations = new uint[PlainOptions.Numbers + 1];
    private readonly HashSet<uint> _quarantined = [];
    private uint _next;

    public List<PlainSet> Sets { get; } = [new(null, null)];

    public List<PlainId> Ids { get; } = [];

    public List<PlainId> Holds { get; } = [];

    public List<PlainId> Bindings { get; } = [];

    public List<string> Told { get; } = [];

    public List<IoAsidFaultKind> Faults { get; } = [];

    public long Reserved { get; set; }

    private ScriptedAllocator? Custom { get; } = options.CustomAllocator ? new ScriptedAllocator(PlainOptions.Numbers) : null;

    public IEnumerable<PlainId> Present => Ids.Where(id => !id.Reclaimed);

    public static bool IsWithin(PlainSet? set, PlainSet above) => set is not null && (set == above || IsWithin(set.Parent, above));

    public PlainId? At(uint number) => Present.FirstOrDefault(id => id.Number == number);

    public PlainId? ByPrivateId(PlainSet set, uint privateId) => Present.FirstOrDefault(id => id.Set == set && !id.Pending && id.PrivateId == privateId);

    /// <summary>Counts the ids charged to a budget and the room that it has reserved for quotas below. Null is the budget of the space.</summary>
    public long Charged(PlainSet? budget) =>
        Present.Count(id => id.Set.Budget == budget)
        + Sets.Where(set => set.Quota is not null && set.Parent?.Budget == budget).Sum(set => set.Closed ? Charged(set) : set.Room);

    public long Available(PlainSet? budget) =>
        Math.Max(0, (budget is null ? PlainOptions.Numbers - _quarantined.Count - Reserved : budget.Room) - Charged(budget));

    public IoAsidLookupStatus Find(PlainSet set, uint number) => At(number) switch
    {
        null => IoAsidLookupStatus.NotFound,
        { } id when !IsWithin(id.Set, set) => IoAsidLookupStatus.OtherSet,
        { Pending: true } => IoAsidLookupStatus.FreePending,
        { Data: null } => IoAsidLookupStatus.NoData,
        _ => IoAsidLookupStatus.Found,
    };

    /// <param name="set">The set.</param>
    /// <param name="data">The data.</param>
    /// <param name="min">The lowest acceptable number.</param>
    /// <param name="max">The highest acceptable number.</param>
    /// <param name="given">The number that the space allocated, which a policy without order accepts if it is free.</param>
    public IoAsidAllocationFailure Allocate(PlainSet set, object? data, uint min, uint max, uint given)
    {
        IoAsidAllocationFailure failure = set.Closed ? IoAsidAllocationFailure.SetClosed
            : Available(set.Budget) > 0 ? Take(min, max, given, out uint number) is var taken && taken == IoAsidAllocationFailure.None ? Begin(set, data, number) : taken
            : set.Budget is null ? IoAsidAllocationFailure.CapacityExhausted
            : IoAsidAllocationFailure.QuotaExhausted;
        set.Failed += failure == IoAsidAllocationFailure.None ? 0 : 1;
        return failure;
    }

    public IoAsidFreeResult Free(PlainId id)
    {
        if (id.Pending)
            return IoAsidFreeResult.AlreadyFreed;

        id.Pending = true;
        id.Data = null;
        id.PrivateId = null;
        Tell("Freed", id);
        Release(id);
        return id.Reclaimed ? IoAsidFreeResult.Reclaimed : IoAsidFreeResult.Pending;
    }

    public void Release(PlainId id)
    {
        if (--id.References > 0)
            return;

        Tell("Reclaimed", id);
        PlainSet? bearer = BearerOfLoss(id.Set.Budget);
        id.Reclaimed = true;
        id.Set.Reclaimed++;
        _generations[id.Number]++;
        if (!TryHandBack(id.Number, IoAsidFaultKind.NumberQuarantined))
            Lose(id.Number, bearer);
    }

    private void Lose(uint number, PlainSet? bearer)
    {
        _quarantined.Add(number);
        for (PlainSet? at = bearer; at is not null; at = at.Parent?.Budget)
            at.Lost++;
    }

    /// <summary>Returns the topmost budget upwards with unreserved room; without such a budget, the one that was charged. Null is the budget of the space.</summary>
    private PlainSet? BearerOfLoss(PlainSet? charged)
    {
        PlainSet? bearer = charged;
        PlainSet? at = charged;
        while (at is not null)
        {
            at = at.Parent?.Budget;
            bearer = at is not { Closed: true } && Available(at) > 0 ? at : bearer;
        }

        return bearer;
    }

    public void Bind(PlainId id)
    {
        id.References++;
        Bindings.Add(id);
        if (++id.Bound == 1)
        {
            Tell("Bound", id);
            if (options.ObserverMeddles)
                Free(id);
        }
    }

    public void Complete(PlainId id)
    {
        if (--id.Bound == 0 && !id.Pending)
            Tell("Unbound", id);

        Release(id);
    }

    public void Close(PlainSet set) => Sets.FindAll(other => IsWithin(other, set)).ForEach(other => other.Closed = true);

    public void FreeAll(PlainSet set) =>
        Present.Where(id => IsWithin(id.Set, set) && !id.Pending).OrderBy(id => id.Number).ToList().ForEach(id => Free(id));

    private IoAsidAllocationFailure Begin(PlainSet set, object? data, uint number)
    {
        PlainId id = new(set, number, _generations[number]) { Data = data };
        Ids.Add(id);
        Tell("Allocated", id);
        return IoAsidAllocationFailure.None;
    }

    private IoAsidAllocationFailure Take(uint min, uint max, uint given, out uint number)
    {
        if (Custom is not null)
            return TakeFromCustom(min, max, out number);

        uint preferred = options.Policy switch { IoAsidReusePolicy.Cyclic => _next, IoAsidReusePolicy.Relaxed => given, _ => min };
        uint start = preferred > min && preferred <= max ? preferred : min;
        IEnumerable<uint> order = Enumerable.Range((int)start, (int)(max - start + 1)).Concat(Enumerable.Range((int)min, (int)(start - min))).Select(n => (uint)n);
        number = order.FirstOrDefault(candidate => candidate != 0 && At(candidate) is null);
        _next = number == 0 ? _next : number + 1;
        return number == 0 ? IoAsidAllocationFailure.RangeExhausted : IoAsidAllocationFailure.None;
    }

    private IoAsidAllocationFailure TakeFromCustom(uint min, uint max, out uint number)
    {
        number = 0;
        try
        {
            if (Custom!.Allocate(min, max) is not { } given)
                return IoAsidAllocationFailure.AllocatorRefused;

            number = given;
        }
        catch (IOException)
        {
            Faults.Add(IoAsidFaultKind.AllocatorThrew);
            return IoAsidAllocationFailure.AllocatorFailed;
        }

        bool fits = number >= min && number <= max && number <= PlainOptions.Numbers;
        bool taken = number == 0 || _quarantined.Contains(number) || At(number) is not null;
        if (fits && !taken)
            return IoAsidAllocationFailure.None;

        Faults.Add(fits ? IoAsidFaultKind.NumberInUse : IoAsidFaultKind.NumberOutOfRange);
        _ = taken || TryHandBack(number, IoAsidFaultKind.HandBackFailed);
        return IoAsidAllocationFailure.AllocatorFailed;
    }

    private bool TryHandBack(uint number, IoAsidFaultKind failure)
    {
        try
        {
            Custom?.Free(number);
            return true;
        }
        catch (IOException)
        {
            Faults.Add(failure);
            return false;
        }
    }

    private void Tell(string edge, PlainId id)
    {
        if (options.Watched)
        {
            Told.Add($"{edge} {id.Number} ({id.Generation})");
            Faults.AddRange(options.ObserverThrows ? [IoAsidFaultKind.ObserverThrew] : []);
        }
    }
}
