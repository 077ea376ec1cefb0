using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Faults;

/// <summary>The ways in which the space of a scene differs from a plain space.</summary>
[Flags]
public enum Circumstances
{
    None = 0,
    Observed = 1,
    Tracked = 2,
    CustomAllocator = 4,
    Cyclic = 8,
    LastGeneration = 16,

    /// <summary>The numbers need several pages.</summary>
    Wide = 32,

    /// <summary>Few ids make the pages of the tables whole, and the last id of a block removes an earlier block.</summary>
    Tight = 64,

    /// <summary>Sets have numbers in stock.</summary>
    Relaxed = 128,
}

/// <summary>A small space and the objects that a script keeps between its steps.</summary>
internal sealed class Scene : IDisposable
{
    public const int Capacity = 8;
    private const int WideCapacity = (2 * 1024) + (2 * DataChunk.Size);

    private static readonly PagePolicy Tight = new() { WholeAtOnce = 0, IdsPerWholePage = int.MaxValue, MostChunks = 1, MostIdle = 1 };

    private readonly Circumstances _circumstances;
    private readonly List<IoAsidEvent> _events = [];
    private readonly Stack<uint> _given = [];

    public Scene(Circumstances circumstances)
    {
        _circumstances = circumstances;
        Space = new IoAsidSpace(new IoAsidSpaceOptions
        {
            Capacity = Numbers,
            TrackHolders = Has(Circumstances.Tracked),
            ReusePolicy = Has(Circumstances.Cyclic) ? IoAsidReusePolicy.Cyclic : Has(Circumstances.Relaxed) ? IoAsidReusePolicy.Relaxed : IoAsidReusePolicy.Lowest,
            RoomPerStockedNumber = 1,
            StartGeneration = Has(Circumstances.LastGeneration) ? uint.MaxValue : 0,
            Pages = Has(Circumstances.Tight) ? Tight : PagePolicy.Default,
        });
        if (Has(Circumstances.CustomAllocator))
            Space.RegisterAllocator(new ScriptedAllocator { OnAllocate = (min, max) => Lowest(Math.Max(min, 1), max), OnFree = Return });

        if (Has(Circumstances.Observed))
            Space.Observe(_events.Add);
    }

    public IoAsidSpace Space { get; }

    private int Numbers => Has(Circumstances.Wide) ? WideCapacity : Capacity;

    public IoAsidSet<SvaBinding> Root { get; set; } = null!;

    public IoAsidSet<GuestSvaBinding> Vm { get; set; } = null!;

    public object Owner { get; } = new();

    public IoAsidHandle<GuestSvaBinding> Handle { get; set; }

    public IoAsidReference<GuestSvaBinding>? Reference { get; set; }

    public IoAsidBinding? Binding { get; set; }

    public IoAsidObserverRegistration? Registration { get; set; }

    public IoAsidCapacityReservation? Reservation { get; set; }

    public Task? End { get; set; }

    public void Dispose() => Space.Dispose();

    /// <summary>Describes the space. A tight space leaves out the generations of free numbers, which the removal of a page can raise.</summary>
    public string Image() => SpaceImage.Of(Space, withFreeGenerations: !Has(Circumstances.Tight));

    /// <summary>Allocates an id in another page, if the space has that page.</summary>
    public void AllocateInPage(uint page, uint slot)
    {
        if ((page * 1024) + slot + 1 < Numbers)
            Vm.Allocate(new GuestSvaBinding("far"), (page * 1024) + slot, (page * 1024) + slot + 1);
    }

    /// <summary>Registers a custom allocator that allocates no number, and unregisters it.</summary>
    public void RegisterIdleAllocator()
    {
        ScriptedAllocator idle = new();
        Space.RegisterAllocator(idle);
        Space.UnregisterAllocator(idle);
    }

    /// <summary>Frees all ids, then asserts that all numbers are free and that the events of each life came once and in order.</summary>
    public void Audit()
    {
        Registration?.Dispose();
        Reservation?.Dispose();
        Reference?.Dispose();
        Binding?.Drain();
        Root.FreeAll();
        Assert.True(End?.IsCompletedSuccessfully ?? true);
        AssertAllNumbersAreFree();
        AssertEvents();
    }

    private bool Has(Circumstances circumstance) => _circumstances.HasFlag(circumstance);

    private uint? Lowest(uint min, uint max)
    {
        for (uint number = min; number <= Math.Min(max, (uint)(Numbers - 1)); number++)
        {
            if (!_given.Contains(number))
            {
                _given.Push(number);
                return number;
            }
        }

        return null;
    }

    private void Return(uint number)
    {
        Assert.Contains(number, _given);
        uint[] left = [.. _given.Where(other => other != number)];
        _given.Clear();
        Array.ForEach(left, _given.Push);
    }

    private void AssertAllNumbersAreFree()
    {
        IoAsidSpaceStatistics counts = Space.GetStatistics();
        Assert.Equal(0, counts.Outstanding);
        Assert.Equal(Numbers - 1, counts.Available + counts.Retired + Root.Budget.Limit);
        Root.Close();
        IoAsidSet<SvaBinding> all = Space.CreateSet<SvaBinding>("all");
        for (long number = counts.Retired; number < Numbers - 1; number++)
            all.Allocate();

        Assert.False(all.TryAllocate(null, out _, out _));
        all.FreeAll();
        Assert.Equal(0, Space.GetStatistics().Outstanding);
    }

    private void AssertEvents()
    {
        foreach (IGrouping<(RawIoAsid Id, uint Generation), IoAsidEvent> life in _events.GroupBy(edge => (edge.Id, edge.Generation)))
        {
            string kinds = string.Concat(life.Select(edge => edge.Kind.ToString()[0]));
            Assert.Matches("^A(BU)*B?FR$", kinds);
        }
    }
}
