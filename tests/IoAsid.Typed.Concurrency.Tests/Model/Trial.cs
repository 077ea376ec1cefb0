using Xunit.Sdk;

namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>A space and its model, which run the same steps and must agree after each of them.</summary>
internal sealed class Trial : IDisposable
{
    private const uint PrivateIds = 3;

    // A count returns the numbers that sets have in stock.
    private const int StepsPerCount = 5;

    private readonly Plain _model;
    private readonly IoAsidSpace _space;
    private readonly List<IoAsidSet<object>> _sets = [];
    private readonly List<IoAsidHandle<object>> _handles = [];
    private readonly List<IoAsidReference> _references = [];
    private readonly List<IoAsidBinding> _bindings = [];
    private readonly Stack<IoAsidCapacityReservation> _reservations = new();
    private readonly List<string> _told = [];
    private readonly List<IoAsidFaultKind> _faults = [];
    private readonly PlainOptions _options;
    private int _steps;

    public Trial(PlainOptions options)
    {
        _options = options;
        _model = new Plain(options);
        _space = new IoAsidSpace(new IoAsidSpaceOptions { Capacity = PlainOptions.Numbers + 1, ReusePolicy = options.Policy, RoomPerStockedNumber = 1 });
        _space.Faulted += (_, fault) => _faults.Add(fault.Kind);
        if (options.CustomAllocator)
            _space.RegisterAllocator(new ScriptedAllocator(PlainOptions.Numbers));

        _sets.Add(_space.CreateSet<object>("root"));
        if (options.Watched)
            _space.Observe(Observe);
    }

    /// <summary>Runs all steps, then releases everything, and compares after each.</summary>
    public void Run(IEnumerable<Operation> operations)
    {
        foreach (Operation operation in operations)
        {
            Do(operation);
            Compare(_options.Policy != IoAsidReusePolicy.Relaxed || ++_steps % StepsPerCount == 0);
        }

        GiveEverythingBack();
        Compare(withCounts: true);
        Assert.Equal(0, _space.Pool.Outstanding);
        Assert.Equal(0, _space.Pool.Capacity.Used);
    }

    public void Dispose() => _space.Dispose();

    private void Do(Operation operation)
    {
        (Verb verb, int x, int y) = operation;
        int set = x % _sets.Count;
        uint number = (uint)(y % (PlainOptions.Numbers + 2));
        switch (verb)
        {
            case Verb.Allocate:
                Allocate(set, new object(), 0, PlainOptions.Numbers);
                break;
            case Verb.AllocateWithoutData:
                Allocate(set, null, 0, PlainOptions.Numbers);
                break;
            case Verb.AllocateInRange:
                Allocate(set, new object(), Math.Min(number, PlainOptions.Numbers), PlainOptions.Numbers);
                break;
            case Verb.Hold or Verb.HoldWithoutData:
                Hold(set, number, needsData: verb == Verb.Hold);
                break;
            case Verb.HoldByPrivateId:
                HoldByPrivateId(set, (uint)y % PrivateIds);
                break;
            case Verb.Release when _references.Count > 0:
                Release(x % _references.Count);
                break;
            case Verb.Complete when _bindings.Count > 0:
                Complete(x % _bindings.Count);
                break;
            case Verb.CreateSubset when _sets.Count < 6:
                CreateSubset(set, y % 5 == 4 ? null : (uint)(y % 5));
                break;
            case Verb.Close:
                _sets[set].Close();
                _model.Close(_model.Sets[set]);
                break;
            case Verb.FreeAll:
                _sets[set].FreeAll();
                _model.FreeAll(_model.Sets[set]);
                break;
            case Verb.Reserve:
                Reserve(y % 4);
                break;
            case Verb.GiveBack when _reservations.TryPop(out IoAsidCapacityReservation? reservation):
                _model.Reserved -= reservation.Count;
                reservation.Dispose();
                break;
            default:
                DoWithHandle(verb, x, (uint)y % PrivateIds);
                break;
        }
    }

    private void DoWithHandle(Verb verb, int x, uint privateId)
    {
        if (_handles.Count == 0)
            return;

        IoAsidHandle<object> handle = _handles[x % _handles.Count];
        PlainId id = _model.Ids[x % _handles.Count];
        switch (verb)
        {
            case Verb.Free:
                Assert.Equal(_model.Free(id), handle.Free());
                break;
            case Verb.FreeWhileHeld:
                FreeWhileHeld(handle, id);
                break;
            case Verb.Bind:
                Change(id, () => _bindings.Add(handle.Bind()), () => _model.Bind(id));
                break;
            case Verb.SetData:
                object data = new();
                Change(id, () => handle.SetData(data), () => id.Data = data);
                break;
            case Verb.ClearData:
                Change(id, handle.ClearData, () => id.Data = null);
                break;
            case Verb.AttachPrivateId:
                AttachPrivateId(handle, id, privateId);
                break;
            case Verb.DetachPrivateId:
                Change(id, () => Assert.Equal(id.PrivateId is not null, handle.DetachPrivateId()), () => id.PrivateId = null);
                break;
        }
    }

    /// <summary>Makes a change through a handle, which is refused if the handle is stale.</summary>
    private static void Change(PlainId id, Action real, Action model)
    {
        if (id.Pending)
        {
            StaleIoAsidException stale = Assert.Throws<StaleIoAsidException>(real);
            Assert.Equal((id.Number, id.Generation), (stale.Id.Value, stale.Generation));
            return;
        }

        real();
        model();
    }

    private void Allocate(int set, object? data, uint min, uint max)
    {
        bool allocated = _sets[set].TryAllocate(data, min, max, out IoAsidHandle<object> handle, out IoAsidAllocationFailure failure);
        Assert.Equal(_model.Allocate(_model.Sets[set], data, min, max, allocated ? handle.Id.Value : 0), failure);
        if (failure == IoAsidAllocationFailure.None)
        {
            _handles.Add(handle);
            Assert.Equal((_model.Ids[^1].Number, _model.Ids[^1].Generation), (handle.Id.Value, handle.Generation));
        }
    }

    private void Hold(int set, uint number, bool needsData)
    {
        IoAsidReference? held;
        if (needsData)
        {
            _sets[set].TryHold(new RawIoAsid(number), out IoAsidReference<object>? withData);
            held = withData;
        }
        else
        {
            _sets[set].TryHold(new RawIoAsid(number), out held);
        }

        IoAsidLookupStatus status = _model.Find(_model.Sets[set], number);
        bool expected = status == IoAsidLookupStatus.Found || (!needsData && status == IoAsidLookupStatus.NoData);
        Keep(held, expected ? _model.At(number) : null);
    }

    private void HoldByPrivateId(int set, uint privateId)
    {
        _sets[set].TryHold(new PrivateIoAsid(privateId), out IoAsidReference? held);
        Keep(held, _model.ByPrivateId(_model.Sets[set], privateId));
    }

    private void Keep(IoAsidReference? held, PlainId? expected)
    {
        Assert.Equal(expected?.Number, held?.Id.Value);
        if (held is not null && expected is not null)
        {
            expected.References++;
            _references.Add(held);
            _model.Holds.Add(expected);
        }
    }

    private void FreeWhileHeld(IoAsidHandle<object> handle, PlainId id)
    {
        IoAsidLookupStatus expected = id.Reclaimed ? _model.Find(id.Set, id.Number) : id.Pending ? IoAsidLookupStatus.FreePending : _model.Find(id.Set, id.Number);
        using IoAsidHold<object> hold = handle.Set.Hold(handle.Id);
        IoAsidHold<object> copy = hold;
        Assert.Equal(expected, hold.Status);
        PlainId? held = hold.IsHeld ? _model.At(id.Number) : null;
        Retain(held);
        Assert.Equal(_model.Free(id), handle.Free());
        Compare(withCounts: false);
        copy.Dispose();
        if (held is not null)
            _model.Release(held);
    }

    private static void Retain(PlainId? id)
    {
        if (id is not null)
            id.References++;
    }

    private void Release(int index)
    {
        _references[index].Dispose();
        _references[index].Dispose();
        _references.RemoveAt(index);
        PlainId id = _model.Holds[index];
        _model.Holds.RemoveAt(index);
        _model.Release(id);
    }

    private void Complete(int index)
    {
        Races.Drain.Complete(_bindings[index]);
        Races.Drain.Complete(_bindings[index]);
        _bindings.RemoveAt(index);
        PlainId id = _model.Bindings[index];
        _model.Bindings.RemoveAt(index);
        _model.Complete(id);
    }

    private void CreateSubset(int parent, uint? quota)
    {
        PlainSet above = _model.Sets[parent];
        if (above.Closed)
        {
            Assert.Throws<InvalidOperationException>(() => _sets[parent].CreateSubset<object>("late", quota: quota));
        }
        else if (quota > _model.Available(above.Budget))
        {
            Assert.Throws<IoAsidQuotaException>(() => _sets[parent].CreateSubset<object>("greedy", quota: quota));
        }
        else
        {
            _sets.Add(_sets[parent].CreateSubset<object>("subset", quota: quota));
            _model.Sets.Add(new PlainSet(above, quota));
        }
    }

    private void Reserve(int count)
    {
        if (count > _model.Available(null))
        {
            Assert.Throws<IoAsidQuotaException>(() => _space.ReserveCapacity(count));
            return;
        }

        _reservations.Push(_space.ReserveCapacity(count));
        _model.Reserved += count;
    }

    private void AttachPrivateId(IoAsidHandle<object> handle, PlainId id, uint privateId)
    {
        void Attach() => handle.AttachPrivateId(new PrivateIoAsid(privateId));
        if (!id.Pending && id.PrivateId is not null)
            Assert.Throws<InvalidOperationException>(Attach);
        else if (!id.Pending && _model.ByPrivateId(id.Set, privateId) is not null)
            Assert.Throws<ArgumentException>(Attach);
        else
            Change(id, Attach, () => id.PrivateId = privateId);
    }

    private void GiveEverythingBack()
    {
        while (_references.Count > 0)
            Release(0);

        while (_bindings.Count > 0)
            Complete(0);

        _sets[0].FreeAll();
        _model.FreeAll(_model.Sets[0]);
    }

    private void Compare(bool withCounts)
    {
        for (int set = 0; set < _sets.Count; set++)
        {
            CompareLookups(set);
            if (withCounts)
                CompareCounts(set);
        }

        Assert.Equal(_model.Told, _told);
        Assert.Equal(_model.Faults, _faults);
        Assert.Equal(
            _model.Present.Where(id => id.Pending).OrderBy(id => id.Number).Select(id => (id.Number, id.Generation, (uint)id.References)),
            _space.DescribePending().Select(pending => (pending.Id.Value, pending.Generation, pending.References)));
    }

    private void CompareLookups(int set)
    {
        PlainSet plain = _model.Sets[set];
        for (uint number = 0; number <= PlainOptions.Numbers + 1; number++)
        {
            RawIoAsid id = new(number);
            IoAsidLookup<object> lookup = _sets[set].Find(id);
            IoAsidLookupStatus expected = _model.Find(plain, number);
            Assert.Equal(expected, lookup.Status);
            Assert.Same(expected == IoAsidLookupStatus.Found ? _model.At(number)!.Data : null, lookup.Data);
            Assert.Equal(expected is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData, _sets[set].Contains(id));
            Assert.Equal(_model.At(number) is { Pending: false } own && own.Set == plain, _sets[set].TryGetHandle(id, out _));
        }

        for (uint privateId = 0; privateId < PrivateIds; privateId++)
        {
            bool found = _sets[set].TryResolve(new PrivateIoAsid(privateId), out RawIoAsid id);
            Assert.Equal(_model.ByPrivateId(plain, privateId)?.Number, found ? id.Value : null);
        }

        Assert.Equal(_model.Present.Where(id => Plain.IsWithin(id.Set, plain)).Select(id => id.Number).Order(), _sets[set].Ids.Select(id => id.Value));
    }

    private void CompareCounts(int set)
    {
        PlainSet plain = _model.Sets[set];
        PlainSet[] tree = [.. _model.Sets.Where(other => Plain.IsWithin(other, plain))];
        PlainId[] present = [.. _model.Present.Where(id => tree.Contains(id.Set))];
        int reclaimed = tree.Sum(other => other.Reclaimed);
        IoAsidSetStatistics counts = _sets[set].GetStatistics();
        Assert.Equal(present.Count(id => id.Pending), counts.Pending);
        Assert.Equal(present.Count(id => !id.Pending), counts.Live);
        Assert.Equal((ulong)reclaimed, counts.Reclaimed);
        Assert.Equal((ulong)(reclaimed + present.Length), counts.Allocated);
        Assert.Equal(plain.Closed ? 0 : _model.Available(plain.Budget), counts.Available);
        Assert.Equal(plain.Closed, counts.IsClosed);
    }

    private void Observe(IoAsidEvent edge)
    {
        _told.Add($"{edge.Kind} {edge.Id} ({edge.Generation})");
        if (_options.ObserverMeddles && edge.Kind == IoAsidEventKind.Bound)
        {
            var set = (IoAsidSet<object>)edge.Set;
            Assert.True(set.TryGetHandle(edge.Id, out IoAsidHandle<object> handle));
            handle.Free();
        }

        if (_options.ObserverThrows)
            throw new XunitException("An observer that throws affects no other observer.");
    }
}
