using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>
/// Every mixture of the words of valid handles that a data race can produce: the set of one, the number of another, the generation of a third. A mixture works only
/// if it names a live id of exactly its set; otherwise every member refuses it and nothing changes.
/// </summary>
public sealed class MixedHandleTests : IDisposable
{
    private const uint OtherPage = 2 * LifePage.Size;

    private readonly IoAsidSpace[] _spaces = [Space(), Space()];
    private readonly List<IoAsidHandle<Apple>> _apples = [default];
    private readonly HashSet<(IoAsidSet Set, uint Id, uint Generation)> _live = [];
    private readonly HashSet<(IoAsidSet Set, uint Id, uint Generation)> _pending = [];

    public MixedHandleTests()
    {
        foreach (IoAsidSpace space in _spaces)
        {
            IoAsidSet<Fruit> fruits = space.CreateSet<Fruit>("fruits");
            IoAsidSet<Apple> apples = fruits.CreateSubset<Apple>("apples");
            Fill(apples, 1, text => new Apple(text), _apples);
            Fill(apples.CreateSubset<Apple>("more apples"), 10, text => new Apple(text), _apples);
            Fill(fruits.CreateSubset<Pear>("pears"), 20, text => new Pear(text), []);
            Fill(space.CreateSet<Apple>("a root of apples"), OtherPage, text => new Apple(text), _apples);
            Fill(space.CreateSet<Pear>("a root of pears"), 2 * OtherPage, text => new Pear(text), []);
        }
    }

    [Fact]
    public void The_keys_of_spaces_follow_no_pattern()
    {
        ulong[] keys = [.. Enumerable.Range(0, 64).Select(_ => Key())];

        // If a counter made the keys, their differences would repeat.
        ulong[] differences = [.. keys.SelectMany((left, index) => keys[(index + 1)..].Select(right => left - right))];
        Assert.Equal(differences.Length, differences.Distinct().Count());

        static ulong Key()
        {
            using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 2 });
            return space.HandleKey;
        }
    }

    private IEnumerable<IoAsidHandle<Apple>> Mixtures =>
        from set in _apples.Where(handle => handle != default).Select(handle => handle.Set).Distinct()
        from id in Lives.Select(life => life.Id).Distinct()
        from generation in Lives.Select(life => life.Generation).Distinct()
        select new IoAsidHandle<Apple>(set, new Life(id, generation));

    private IEnumerable<(uint Id, uint Generation)> Lives =>
    [
        .. _live.Concat(_pending).Select(life => (life.Id, life.Generation)),
        .. _apples.Where(handle => handle != default).Select(handle => (handle.Id.Value, handle.Generation)),
        (uint.MaxValue, uint.MaxValue),
        (0, 0),
    ];

    public void Dispose() => Array.ForEach(_spaces, space => space.Dispose());

    [Fact]
    public void A_mixture_is_refused_by_every_member_and_changes_nothing()
    {
        List<IoAsidHandle<Apple>> foreign = [.. Mixtures.Where(mixture => !IsOwn(mixture))];
        string[] before = [.. _spaces.Select(SpaceImage.Of)];

        foreach (IoAsidHandle<Apple> mixture in foreign)
            AssertRefused(mixture);

        Assert.True(foreign.Count > 300);
        Assert.Equal(before, _spaces.Select(SpaceImage.Of));
    }

    [Fact]
    public void A_mixture_that_names_a_live_id_of_its_set_works()
    {
        List<IoAsidHandle<Apple>> own = [.. Mixtures.Where(mixture => _live.Contains((mixture.Set, mixture.Id.Value, mixture.Generation)))];

        Assert.All(own, mixture =>
        {
            Assert.False(mixture.IsStale);
            Assert.IsType<Apple>(mixture.Data);
            Assert.Equal(IoAsidFreeResult.Reclaimed, mixture.Free());
        });
        Assert.NotEmpty(own);
    }

    [Fact]
    public void A_mixture_with_a_default_handle_is_refused()
    {
        foreach (IoAsidHandle<Apple> handle in _apples.Where(handle => handle != default))
            Assert.All(StructMixtures.Of(handle, default).Where(mixture => mixture != handle), AssertDeadOrRefused);
    }

    [Fact]
    public void A_mixture_of_two_spaces_is_refused_even_if_its_life_is_live_in_both()
    {
        IoAsidHandle<Apple>[] own = [.. _apples.Where(handle => handle != default && !handle.IsStale && handle.Set.Name == "apples")];
        IoAsidHandle<Apple> left = own.First(handle => handle.Set.Space == _spaces[0]);
        IoAsidHandle<Apple> right = own.Last(handle => handle.Set.Space == _spaces[1]);
        Assert.Contains((left.Set, right.Id.Value, right.Generation), _live);
        string[] before = [.. _spaces.Select(SpaceImage.Of)];

        Assert.All(StructMixtures.Of(left, right).Where(mixture => mixture != left && mixture != right), AssertRefused);

        Assert.Equal(before, _spaces.Select(SpaceImage.Of));
    }

    [Fact]
    public void The_refusal_of_a_mixture_names_the_race()
    {
        IoAsidHandle<Apple> first = _apples[1];
        IoAsidHandle<Apple> mixed = new(first.Set, new Life(OtherPage, 0));

        string message = Assert.Throws<StaleIoAsidException>(() => mixed.Data).Message;

        Assert.Contains("was never an id of the set", message, StringComparison.Ordinal);
        Assert.Contains("Guard a handle that several threads share with a lock", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IoAsidLookupStatus.OtherSet)]
    [InlineData(IoAsidLookupStatus.NotFound)]
    public void The_status_of_a_mixed_lookup_agrees_with_its_data(IoAsidLookupStatus reason)
    {
        IoAsidLookup<Apple> found = new(new Apple("found"));
        IoAsidLookup<Apple> missing = new(reason);

        foreach (IoAsidLookup<Apple> mixed in StructMixtures.Of(found, missing))
        {
            Assert.Equal(mixed.Data is not null, mixed.IsFound);
            Assert.Equal(mixed.IsFound, mixed.Status == IoAsidLookupStatus.Found);
        }
    }

    private static IoAsidSpace Space() => new(new IoAsidSpaceOptions { Capacity = 8 * LifePage.Size, ReservedNumbers = [] });

    private bool IsOwn(IoAsidHandle<Apple> handle)
    {
        (IoAsidSet, uint, uint) life = (handle.Set, handle.Id.Value, handle.Generation);
        return _live.Contains(life) || _pending.Contains(life);
    }

    /// <summary>Ids in each state: never freed, used again, pending, freed; with and without data and private ids.</summary>
    private void Fill<TData>(IoAsidSet<TData> set, uint first, Func<string, TData> make, List<IoAsidHandle<TData>> handles)
        where TData : class
    {
        IoAsidHandle<TData> plain = set.Allocate(make("plain"), first, first);
        IoAsidHandle<TData> stale = set.Allocate(make("stale"), first + 1, first + 1);
        stale.Free();
        IoAsidHandle<TData> again = set.Allocate(make("again"), first + 1, first + 1);
        again.AttachPrivateId(new PrivateIoAsid(first));
        IoAsidHandle<TData> pending = set.Allocate(make("pending"), first + 2, first + 2);
        pending.Bind();
        pending.Free();
        IoAsidHandle<TData> gone = set.Allocate(make("gone"), first + 3, first + 3);
        gone.Free();
        handles.AddRange(plain, stale, again, pending, gone);
        _live.UnionWith([Key(plain), Key(again)]);
        _pending.Add(Key(pending));
    }

    private static (IoAsidSet Set, uint Id, uint Generation) Key<TData>(IoAsidHandle<TData> handle)
        where TData : class => (handle.Set, handle.Id.Value, handle.Generation);

    private static void AssertRefused(IoAsidHandle<Apple> mixture)
    {
        Assert.True(mixture.IsStale);
        Assert.EndsWith(", stale", mixture.ToString(), StringComparison.Ordinal);
        Assert.Throws<StaleIoAsidException>(() => mixture.Data);
        Assert.Throws<StaleIoAsidException>(() => mixture.PrivateId);
        Assert.Throws<StaleIoAsidException>(() => mixture.SetData(new Apple("foreign")));
        Assert.Throws<StaleIoAsidException>(mixture.ClearData);
        Assert.Throws<StaleIoAsidException>(() => mixture.AttachPrivateId(new PrivateIoAsid(99)));
        Assert.Throws<StaleIoAsidException>(() => mixture.DetachPrivateId());
        Assert.Throws<StaleIoAsidException>(() => mixture.Bind());
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, mixture.Free());
        Assert.True(mixture.FreeAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    private static void AssertDeadOrRefused(IoAsidHandle<Apple> mixture)
    {
        if (mixture.ToString() == "(default handle)")
            Assert.Throws<InvalidOperationException>(() => mixture.Free());
        else
            AssertRefused(mixture);
    }

    private abstract record Fruit(string Text);

    private sealed record Apple(string Text) : Fruit(Text);

    private sealed record Pear(string Text) : Fruit(Text);
}
