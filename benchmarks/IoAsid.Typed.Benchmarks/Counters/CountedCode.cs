using IoAsid.Typed.Benchmarks.Emulation;
using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Benchmarks.Counters;

/// <summary>A piece of code that is counted: of this library, of the floor or of a contender.</summary>
/// <param name="What">The operation.</param>
/// <param name="Code">The owner of the code.</param>
/// <param name="Body">Returns the code, which runs the given number of operations.</param>
internal sealed record CountedCode(string What, string Code, Func<CountedCode.Subjects, Action<int>> Body)
{
    private const string Root = "find through a root set, 1M";
    private const string OwnPages = "find through a subset, pages of its own, 1M";
    private const string SharedPages = "find through a subset, ids interleaved, 1M";
    private const string ReadData = "find through a root set, and read the data, 1M";
    private const string Hold = "scoped hold, taken and released";
    private const string Nested = "scoped hold, one of two nested ones";
    private const string Reference = "reference object, taken and released";
    private const string Stack = "allocate and free, last in first out, 64K live";
    private const string Churn = "allocate and free, churn at half full, 64K live";

    private const string NestedWalk = "nested walk, 4 on 4 levels, 4 MB of tables";

    private const string Ours = "ours";
    private const string Floor = "floor";

    /// <summary>All pieces, in the order in which they are counted.</summary>
    public static IReadOnlyList<CountedCode> All { get; } =
    [
        new(Root, Ours, static subjects => subjects.Lookups.ThroughRoot),
        new(Root, Floor, static subjects => subjects.Lookups.AtFloorOfRoot),
        new(Root, "raw T[] load", static subjects => subjects.Lookups.InArray),
        new(Root, "ConcurrentDictionary", static subjects => subjects.Lookups.InDictionary),
        new(OwnPages, Ours, static subjects => subjects.Lookups.ThroughSubset),
        new(OwnPages, Floor, static subjects => subjects.Lookups.AtFloorOfOwnPages),
        new(SharedPages, Ours, static subjects => subjects.Lookups.ThroughInterleaved),
        new(SharedPages, Floor, static subjects => subjects.Lookups.AtFloorOfSharedPages),
        new(ReadData, Ours, static subjects => subjects.Lookups.TouchedThroughRoot),
        new(ReadData, Floor, static subjects => subjects.Lookups.TouchedAtFloor),
        new(ReadData, "GCHandle<T>.Target", static subjects => subjects.Lookups.TouchedThroughGCHandles),
        new(Hold, Ours, static subjects => subjects.Holds.Scoped),
        new(Hold, Floor, static subjects => subjects.Holds.ScopedFloor),
        new(Hold, "interlocked add and subtract", static subjects => subjects.Holds.Counted),
        new(Nested, Ours, static subjects => subjects.Holds.Nested),
        new(Reference, Ours, static subjects => subjects.Holds.Referenced),
        new(Reference, Floor, static subjects => subjects.Holds.ReferencedFloor),
        new(Stack, Ours, static subjects => subjects.Allocations.LastInFirstOut),
        new(Stack, Floor, static subjects => subjects.FloorOfAllocations.LastInFirstOut),
        new(Stack, "the unlocked bitmap alone", static subjects => subjects.Bitmap.LastInFirstOut),
        new(Stack, "GCHandle.Alloc and Free", static _ => AllocationRatios.GCHandles),
        new(Churn, Ours, static subjects => subjects.Allocations.Churn),
        new(Churn, Floor, static subjects => subjects.FloorOfAllocations.Churn),
        new(Churn, "the unlocked bitmap alone", static subjects => subjects.Bitmap.Churn),
        new(NestedWalk, Ours, static subjects => subjects.NestedWalks.Requests.Translate),
        new(NestedWalk, "its four reads, one after the other", static subjects => subjects.NestedWalks.FollowPath),
        new(NestedWalk, "reading the four first-stage entries", static subjects => subjects.NestedWalks.ReadPath),
    ];

    /// <summary>Returns the pieces of the operations whose names begin with a text.</summary>
    public static IReadOnlyList<CountedCode> Of(string beginning) => [.. All.Where(code => code.What.StartsWith(beginning, StringComparison.Ordinal))];

    /// <summary>The tables that the code uses. Each is made at its first use.</summary>
    internal sealed class Subjects
    {
        private const int LiveIds = 1 << 16;

        private readonly Lazy<Lookups> _lookups = new(static () => new Lookups(1 << 20));
        private readonly Lazy<Holds> _holds = new();
        private readonly Lazy<AllocationRatios.Ours> _allocations = new(static () => new AllocationRatios.Ours(LiveIds));
        private readonly Lazy<AllocationRatios.Floor> _floorOfAllocations = new(static () => new AllocationRatios.Floor(LiveIds));
        private readonly Lazy<AllocationRatios.Bitmap> _bitmap = new(static () => new AllocationRatios.Bitmap(LiveIds));

        private readonly Lazy<Walks> _nestedWalks = new(static () => new Walks(PasidGrantType.Nested, Walks.UncachedLeafTables));

        public Lookups Lookups => _lookups.Value;

        public Holds Holds => _holds.Value;

        public AllocationRatios.Ours Allocations => _allocations.Value;

        public AllocationRatios.Floor FloorOfAllocations => _floorOfAllocations.Value;

        public AllocationRatios.Bitmap Bitmap => _bitmap.Value;

        public Walks NestedWalks => _nestedWalks.Value;
    }
}
