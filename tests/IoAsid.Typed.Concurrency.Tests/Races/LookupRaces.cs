namespace IoAsid.Typed.Concurrency.Tests.Races;

public sealed class LookupRaces : IDisposable
{
    private static readonly RawIoAsid Only = new(1);

    private readonly Hammer _hammer = new();
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 2 });
    private readonly IoAsidSet<Life> _root;
    private long _sequence;

    public LookupRaces() => _root = _space.CreateSet<Life>("root");

    public void Dispose() => _space.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_id_allocated_with_data_never_answers_that_it_has_none(bool ofSubset)
    {
        IoAsidSet<Life> set = ofSubset ? _root.CreateSubset<Life>("subset") : _root;
        _hammer.Run(_ => AllocateAndFree(set), _ => ExpectNoNoData(_root), _ => ExpectNoNoData(set));
    }

    [Fact]
    public void No_data_is_found_after_any_free_has_returned()
    {
        _hammer.Run(_ => Allocate(_root), _ => FreeAndLook(), _ => FreeAndLook());

        void FreeAndLook()
        {
            if (_root.TryFind(Only, out Life? life) && _root.TryGetHandle(Only, out IoAsidHandle<Life> handle))
            {
                handle.Free();
                _hammer.Expect(!_root.TryFind(Only, out Life? found) || found.Sequence > life.Sequence, "Data was found after a free had returned.");
            }
        }
    }

    [Fact]
    public void An_id_that_a_lookup_reports_as_gone_never_returns()
    {
        _hammer.Run(_ => AllocateAndFree(_root), Reader(), Reader());

        Action<Random> Reader()
        {
            long gone = 0;
            long seen = 0;
            return _ =>
            {
                IoAsidLookup<Life> lookup = _root.Find(Only);
                _hammer.Expect(!lookup.IsFound || lookup.Data.Sequence > gone, "The data of an earlier life was found.");
                seen = lookup.IsFound ? Math.Max(seen, lookup.Data.Sequence) : seen;
                gone = lookup.IsFound ? gone : seen;
            };
        }
    }

    [Fact]
    public void Setting_data_never_brings_an_id_back_that_was_freed()
    {
        IoAsidHandle<Life> current = _root.Allocate(Next(_root));
        object turn = new();
        _hammer.Run(
            _ =>
            {
                IoAsidHandle<Life> freed;
                lock (turn)
                    freed = current;

                freed.Free();
                _hammer.Expect(!_root.Find(Only).IsFound, "Data appeared after the free.");
                IoAsidHandle<Life> next = _root.Allocate(Next(_root));
                lock (turn)
                    current = next;
            },
            random =>
            {
                IoAsidHandle<Life> mine;
                lock (turn)
                    mine = current;

                TrySet(mine, random);
            });
    }

    [Fact]
    public void A_subset_finds_only_its_own_ids_while_siblings_reuse_its_number()
    {
        IoAsidSet<Life> mine = _root.CreateSubset<Life>("mine");
        IoAsidSet<Life> below = mine.CreateSubset<Life>("below");
        IoAsidSet<Life>[] own = [mine, below];
        void ExpectOwn()
        {
            IoAsidLookup<Life> lookup = mine.Find(Only);
            _hammer.Expect(!lookup.IsFound || own.Contains(lookup.Data.Owner), "A sibling's data was found.");
            using IoAsidHold<Life> hold = mine.Hold(Only);
            _hammer.Expect(!hold.IsHeld || own.Contains(hold.Data.Owner), "A sibling's data was held.");
        }

        void ComeAndGo(Random random)
        {
            // A new set each time, so that it reuses the index of an earlier set.
            IoAsidSet<Life> sibling = random.Next(2) == 0 ? _root.CreateSubset<Life>("sibling") : _space.CreateSet<Life>("other root");
            AllocateAndFree(sibling);
            sibling.Close();
            AllocateAndFree(own[random.Next(2)]);
        }

        _hammer.Run(ComeAndGo, ComeAndGo, _ => ExpectOwn());
    }

    private bool Allocate(IoAsidSet<Life> set) => set.TryAllocate(Next(set), out _, out _);

    private void AllocateAndFree(IoAsidSet<Life> set)
    {
        if (set.TryAllocate(Next(set), out IoAsidHandle<Life> handle, out _))
            handle.Free();
    }

    private void ExpectNoNoData(IoAsidSet<Life> set)
    {
        IoAsidLookup<Life> lookup = set.Find(Only);
        _hammer.Expect(lookup.Status != IoAsidLookupStatus.NoData, "An id allocated with data had none.");
        _hammer.Expect(!set.TryHold(Only, out IoAsidReference? reference) || reference is not null, "A hold without a reference.");
        reference?.Dispose();
    }

    private void TrySet(IoAsidHandle<Life> handle, Random random)
    {
        try
        {
            if (random.Next(4) == 0)
                handle.ClearData();
            else
                handle.SetData(Next(_root));
        }
        catch (StaleIoAsidException)
        {
            _hammer.Expect(handle.IsStale, "A stale handle became valid again.");
        }
    }

    private Life Next(object owner) => new(owner, Interlocked.Increment(ref _sequence));
}
