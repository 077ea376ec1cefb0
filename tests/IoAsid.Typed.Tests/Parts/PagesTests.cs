using CsCheck;
using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Parts;

/// <summary>Numbers far apart have pages of their own, in each order of creation.</summary>
public sealed class PagesTests
{
    private static readonly uint[] Numbers =
        [3, 1_024, 4_095, 4_096, 9_999, (1 << 20) - 1, 1 << 20, (1 << 20) + 70_000, (3 << 20) + 5, (1u << 31) - 1, 1u << 31, uint.MaxValue];

    /// <summary>Each order of creation, with chunks only, with both kinds of blocks, and with pages only.</summary>
    public static MatrixTheoryData<string, int> Orders => new(["ascending", "descending", "from the middle"], [0, 4, 100]);

    [Theory]
    [MemberData(nameof(Orders))]
    public void An_id_is_found_under_its_number_only(string order, int wholeAtOnce)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions
        {
            Capacity = IoAsidSpaceOptions.MaxCapacity,
            Pages = new PagePolicy { WholeAtOnce = wholeAtOnce },
        });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding> sub = root.CreateSubset<SvaBinding>("sub");
        IoAsidSet<SvaBinding> other = space.CreateSet<SvaBinding>("other");
        uint[] numbers = order switch
        {
            "ascending" => Numbers,
            "descending" => [.. Numbers.Reverse()],
            _ => [.. Numbers[6..], .. Numbers[..6]],
        };

        List<IoAsidHandle<SvaBinding>> handles = [];
        foreach (uint number in numbers)
        {
            Assert.False(root.Find(new RawIoAsid(number)).IsFound);
            handles.Add((number % 2 == 0 ? root : sub).Allocate(new NativeSvaBinding($"{number}"), number, number));
            other.Allocate(new NativeSvaBinding("other"), number - 2, number - 2);
        }

        Assert.All(Numbers, number => Assert.Equal($"{number}", root.Find(new RawIoAsid(number)).Data?.Name));
        Assert.All(Numbers, number => Assert.Equal((true, number % 2 != 0), (root.TryFind(new RawIoAsid(number), out _), sub.TryFind(new RawIoAsid(number), out _))));
        Assert.All(Numbers, number => Assert.Equal(number % 2 == 0 ? IoAsidLookupStatus.OtherSet : IoAsidLookupStatus.Found, sub.Find(new RawIoAsid(number)).Status));
        Assert.All(Numbers, number => Assert.Equal(IoAsidLookupStatus.OtherSet, other.Find(new RawIoAsid(number)).Status));
        Assert.All(handles, handle => Assert.Equal($"{handle.Id}", handle.Data?.Name));
        Assert.All(Numbers, number => Assert.False(root.TryFind(new RawIoAsid(number ^ 512), out _)));
        Assert.Equal(Numbers, root.Ids.Select(id => id.Value));
    }

    [Fact]
    public void A_set_of_pages_enumerates_its_pages_in_order() => Gen.UInt[0, (1u << 22) - 1].Array[0, 40].Sample(pages =>
    {
        PageSet set = new();
        SortedSet<uint> model = new();
        foreach (uint page in pages)
        {
            set.Add(page);
            model.Add(page);
            Assert.Equal(model, set.InOrder());
        }

        PageSet union = new();
        union.Add(7);
        union.UnionWith(set);
        Assert.Equal(model.Append(7u).Distinct().Order(), union.InOrder());
        Assert.All(pages, page => Assert.True(set.Contains(page)));
        Assert.All(pages, page => Assert.Equal(model.Contains(page ^ 1), set.Contains(page ^ 1)));
    });

    [Fact]
    public void Enumerating_a_set_reads_the_pages_of_its_subtree_only()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { ReservedNumbers = [] });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding> set = root.CreateSubset<SvaBinding>("set");
        IoAsidSet<SvaBinding> below = set.CreateSubset<SvaBinding>("below");
        IoAsidSet<SvaBinding> sibling = root.CreateSubset<SvaBinding>("sibling");
        IoAsidSet<SvaBinding> empty = root.CreateSubset<SvaBinding>("empty");
        uint[] sets = [5_000, 5_001, 70_000];
        uint[] belows = [5_002, 9_000];
        foreach (uint number in (uint[])[.. sets.Select(number => number + 10), 100, 20_000])
            sibling.Allocate(data: null, number, number);

        Array.ForEach(sets, number => set.Allocate(data: null, number, number));
        Array.ForEach(belows, number => below.Allocate(data: null, number, number));

        Assert.Equal([.. sets.Concat(belows).Order()], set.Ids.Select(id => id.Value));
        Assert.Equal([4u, 8u, 68u], space.Tree.PagesOf(set).InOrder());
        Assert.Empty(space.Tree.PagesOf(empty).InOrder());
        set.FreeAll();
        Assert.Equal(0, set.GetStatistics().Live);
        Assert.Equal(5, sibling.GetStatistics().Live);
    }
}
