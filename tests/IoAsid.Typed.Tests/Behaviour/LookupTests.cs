using IoAsid.Typed.Migration;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>All lookups answer with the same statuses, in the same precedence.</summary>
public sealed class LookupTests : IDisposable
{
    private const uint Live = 1;
    private const uint Empty = 2;
    private const uint Pending = 3;
    private const uint Cleared = 4;
    private const uint Past = 5;
    private const uint Never = 6;
    private const uint PendingEmpty = 7;
    private const uint Outside = 64;

    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 64 });
    private readonly IoAsidSet<SvaBinding> _sva;
    private readonly IoAsidSet<GuestSvaBinding> _vm;
    private readonly IoAsidSet<SvaBinding> _otherVm;
    private readonly IoAsidSet<SvaBinding> _otherRoot;

    public LookupTests()
    {
        _sva = _space.CreateSet<SvaBinding>("sva");
        _vm = _sva.CreateSubset<GuestSvaBinding>("vm");
        _otherVm = _sva.CreateSubset<SvaBinding>("other vm");
        _otherRoot = _space.CreateSet<SvaBinding>("other root");
        Allocate(Live, hasData: true);
        Allocate(Empty, hasData: false);
        FreeBound(Allocate(Pending, hasData: true));
        Allocate(Cleared, hasData: true).ClearData();
        Allocate(Past, hasData: true).Free();
        FreeBound(Allocate(PendingEmpty, hasData: false));
    }

    /// <summary>Each number, with its expected status through its own set and the sets above, and through other sets.</summary>
    public static TheoryData<uint, IoAsidLookupStatus, IoAsidLookupStatus> Numbers => new()
    {
        { Live, IoAsidLookupStatus.Found, IoAsidLookupStatus.OtherSet },
        { Empty, IoAsidLookupStatus.NoData, IoAsidLookupStatus.OtherSet },
        { Cleared, IoAsidLookupStatus.NoData, IoAsidLookupStatus.OtherSet },
        { Pending, IoAsidLookupStatus.FreePending, IoAsidLookupStatus.OtherSet },
        { PendingEmpty, IoAsidLookupStatus.FreePending, IoAsidLookupStatus.OtherSet },
        { Past, IoAsidLookupStatus.NotFound, IoAsidLookupStatus.NotFound },
        { Never, IoAsidLookupStatus.NotFound, IoAsidLookupStatus.NotFound },
        { Outside, IoAsidLookupStatus.NotFound, IoAsidLookupStatus.NotFound },
        { uint.MaxValue, IoAsidLookupStatus.NotFound, IoAsidLookupStatus.NotFound },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Every_way_to_ask_gives_the_first_status_that_applies(uint number, IoAsidLookupStatus own, IoAsidLookupStatus others)
    {
        RawIoAsid id = new(number);
        AssertAnswers(_vm, id, own);
        AssertAnswers(_sva, id, own);
        AssertAnswers(_otherVm, id, others);
        AssertAnswers(_otherRoot, id, others);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_untyped_lookup_has_the_originals_meaning(uint number, IoAsidLookupStatus own, IoAsidLookupStatus others)
    {
        RawIoAsid id = new(number);
        foreach ((IoAsidSet? set, IoAsidLookupStatus status) in new (IoAsidSet?, IoAsidLookupStatus)[] { (null, own), (_vm, own), (_sva, own), (_otherVm, others), (_otherRoot, others) })
        {
            int calls = 0;
            object? data = UntypedLookup.Find(_space, set, id, _ => ++calls > 0);

            // The kernel's lookup also calls its getter if the id has no data.
            Assert.Equal(status is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData ? 1 : 0, calls);
            Assert.Equal(status == IoAsidLookupStatus.Found, data is not null);
            Assert.Same(data, UntypedLookup.Find(_space, set, id, getter: null));
            Assert.Null(UntypedLookup.Find(_space, set, id, _ => false));
        }
    }

    [Theory]
    [InlineData(true, IoAsidLookupStatus.Found)]
    [InlineData(false, IoAsidLookupStatus.Rejected)]
    public void A_getter_runs_once_and_its_answer_is_final(bool answer, IoAsidLookupStatus expected)
    {
        RawIoAsid id = new(Live);
        List<SvaBinding> seen = [];
        IoAsidLookup<SvaBinding>[] lookups =
        [
            _sva.Find(id, See), _sva.Find(id, seen, (data, list) => See(data)), _sva.Reader.Find(id, See), _sva.Reader.Find(id, seen, (data, list) => See(data)),
        ];

        Assert.Equal(4, seen.Count);
        Assert.All(lookups, lookup => Assert.Equal((expected, answer), (lookup.Status, lookup.Data is not null)));

        bool See(SvaBinding data)
        {
            seen.Add(data);
            return answer;
        }
    }

    [Fact]
    public void An_exception_of_a_getter_reaches_the_caller_and_changes_nothing() =>
        SpaceImage.AssertUnchanged(_space, () => Assert.Throws<IOException>(() => _sva.Find(new RawIoAsid(Live), _ => throw new IOException("getter"))));

    /// <summary>A set of statically unknown data type is read as its data type or one of the base types, and as no other type.</summary>
    [Fact]
    public void TryOf_makes_readers_of_the_sets_type_and_its_bases_only()
    {
        IoAsidHandle<GuestSvaBinding> guest = _vm.Allocate(new GuestSvaBinding("guest"));
        IoAsidSet set = _vm;

        Assert.True(IoAsidReader<SvaBinding>.TryOf(set, out IoAsidReader<SvaBinding> wide));
        Assert.True(IoAsidReader<GuestSvaBinding>.TryOf(set, out IoAsidReader<GuestSvaBinding> exact));
        Assert.Equal((guest.Data, guest.Data), (wide.Find(guest.Id).Data, exact.Find(guest.Id).Data));
        Assert.False(IoAsidReader<NativeSvaBinding>.TryOf(set, out _));
        Assert.False(IoAsidReader<GuestSvaBinding>.TryOf(_sva, out IoAsidReader<GuestSvaBinding> dead));
        Assert.False(IoAsidReader<SvaBinding>.TryOf(null, out _));
        Assert.Equal(default, dead);
    }

    [Fact]
    public void A_reader_widens_along_the_tree_and_compares_by_its_set()
    {
        IoAsidReader<SvaBinding> wide = IoAsidReader<SvaBinding>.Of(_vm);

        Assert.Equal("1", wide.Find(new RawIoAsid(Live)).Data?.Name);
        Assert.Equal((true, false), (wide == IoAsidReader<SvaBinding>.Of(_vm), wide == _sva.Reader));
        Assert.Equal((false, true), (wide != IoAsidReader<SvaBinding>.Of(_vm), wide.Equals((object)_sva.Reader) || wide.GetHashCode() == IoAsidReader<SvaBinding>.Of(_vm).GetHashCode()));
        Assert.Equal((true, false), (wide.Equals((object)IoAsidReader<SvaBinding>.Of(_vm)), wide.Equals((object)_vm)));
        Assert.Equal("reader <SvaBinding> of vm <GuestSvaBinding>", wide.ToString());
        Assert.Equal("(default reader)", default(IoAsidReader<SvaBinding>).ToString());
    }

    [Fact]
    public void TryGetHandle_succeeds_for_live_ids_of_the_set_itself_only()
    {
        Assert.All([Live, Empty, Cleared], number => Assert.True(_vm.TryGetHandle(new RawIoAsid(number), out IoAsidHandle<GuestSvaBinding> handle) && handle.Id.Value == number));
        Assert.All([Pending, PendingEmpty, Past, Never, Outside], number => Assert.False(_vm.TryGetHandle(new RawIoAsid(number), out IoAsidHandle<GuestSvaBinding> handle) || handle != default));
        Assert.All([_sva, _otherVm, _otherRoot], set => Assert.False(set.TryGetHandle(new RawIoAsid(Live), out _)));
    }

    [Fact]
    public void A_set_finds_ids_below_it_and_not_beside_it()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 16 });
        IoAsidSet<SvaBinding> middle = space.CreateSet<SvaBinding>("root").CreateSubset<SvaBinding>("middle");
        IoAsidSet<SvaBinding> below = middle.CreateSubset<SvaBinding>("below");
        IoAsidSet<SvaBinding> beside = middle.Parent is IoAsidSet<SvaBinding> root ? root.CreateSubset<SvaBinding>("beside") : middle;
        RawIoAsid id = below.Allocate(new NativeSvaBinding("below")).Id;
        beside.Allocate(new NativeSvaBinding("beside"));

        Assert.Multiple(
            () => Assert.True(below.TryFind(id, out _)),
            () => Assert.True(middle.TryFind(id, out _)),
            () => Assert.False(beside.TryFind(id, out _)));
    }

    [Fact]
    public void A_hold_attempt_leaves_an_id_of_another_set_unchanged() =>
        SpaceImage.AssertUnchanged(_space, () =>
        {
            Assert.False(_otherVm.TryHold(new RawIoAsid(Live), out IoAsidReference? _));
            Assert.False(_otherRoot.Hold(new RawIoAsid(Live)).IsHeld);
            Assert.False(_otherVm.TryHold(new RawIoAsid(Empty), out IoAsidReference? _));
        });

    [Fact]
    public void Enumeration_lists_own_ids_in_order_with_their_lookups()
    {
        _otherVm.Allocate(new NativeSvaBinding("other"), 40, 40);

        Assert.Equal([Live, Empty, Pending, Cleared, PendingEmpty], _vm.Ids.Select(id => id.Value));
        Assert.Equal([Live, Empty, Pending, Cleared, PendingEmpty, 40u], _sva.Ids.Select(id => id.Value));
        Assert.All(_sva.Entries(), entry => Assert.Equal((_sva.Find(entry.Id).Status, _sva.Find(entry.Id).Data), (entry.Lookup.Status, entry.Lookup.Data)));
        Assert.Equal(_vm.Ids, _vm.Reader.Entries().Select(entry => entry.Id));
    }

    [Fact]
    public void Numbers_compare_and_print_as_numbers()
    {
        RawIoAsid[] raw = [new(3), new(uint.MaxValue), new(0)];
        PrivateIoAsid[] own = [new(3), new(uint.MaxValue), new(0)];

        Assert.Equal("0 3 4294967295", string.Join(' ', raw.Order()));
        Assert.Equal("0 3 4294967295", string.Join(' ', own.Order()));
        Assert.True(raw[0] < raw[1] && raw[1] > raw[0] && raw[0] <= raw[0] && raw[0] >= raw[0] && raw[0] == new RawIoAsid(3) && raw[0] != raw[1] && !(raw[1] <= raw[0]) && !(raw[0] >= raw[1]));
        Assert.True(own[0] < own[1] && own[1] > own[0] && own[0] <= own[0] && own[0] >= own[0] && own[0] == new PrivateIoAsid(3) && own[0] != own[1] && !(own[1] <= own[0]) && !(own[0] >= own[1]));
        Assert.True(raw[0].Equals((object)new RawIoAsid(3)) && !raw[0].Equals((object)own[0]) && !own[0].Equals((object)raw[0]) && own[0].Equals((object)new PrivateIoAsid(3)));
        Assert.Equal((new RawIoAsid(3).GetHashCode(), new PrivateIoAsid(3).GetHashCode()), (raw[0].GetHashCode(), own[0].GetHashCode()));
    }

    public void Dispose() => _space.Dispose();

    private static void FreeBound(IoAsidHandle<GuestSvaBinding> handle)
    {
        handle.Bind();
        handle.Free();
    }

    private static void AssertAnswers<TData>(IoAsidSet<TData> set, RawIoAsid id, IoAsidLookupStatus status)
        where TData : class
    {
        bool found = status == IoAsidLookupStatus.Found;
        bool holdable = status is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData;
        Assert.Multiple(
            () => Assert.Equal(status, set.Find(id).Status),
            () => Assert.Equal(found, set.Find(id).IsFound),
            () => Assert.Equal(found, set.Find(id).Data is not null));
        Assert.Equal((status, found), (set.Find(id, _ => true).Status, set.Reader.Find(id).IsFound));
        Assert.Equal(found ? IoAsidLookupStatus.Rejected : status, set.Find(id, _ => false).Status);
        Assert.Equal((found, found), (set.TryFind(id, out _), set.Reader.TryFind(id, out _)));
        Assert.Equal((holdable, holdable), (set.Contains(id), set.Reader.Contains(id)));
        using IoAsidHold<TData> hold = set.Hold(id);
        Assert.Equal((status, found), (hold.Status, hold.IsHeld));
        Assert.Equal(found, Released(set.TryHold(id, out IoAsidReference<TData>? reference), reference));
        Assert.Equal(holdable, Released(set.TryHold(id, out IoAsidReference? proof), proof));
    }

    private static bool Released(bool held, IoAsidReference? reference)
    {
        reference?.Dispose();
        return held;
    }

    private IoAsidHandle<GuestSvaBinding> Allocate(uint number, bool hasData) =>
        _vm.Allocate(hasData ? new GuestSvaBinding($"{number}") : null, number, number);
}
