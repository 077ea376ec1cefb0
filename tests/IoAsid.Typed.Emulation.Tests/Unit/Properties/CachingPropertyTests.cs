using System.Runtime.InteropServices;
using CsCheck;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A unit with caches and a unit without agree on all requests and on the tables afterwards, if software invalidates its changes as the architecture requires
/// (VT-d 6.5.3.3).
/// </summary>
public sealed class CachingPropertyTests
{
    private static readonly Gen<Move[]> Moves = Gen.Select(
        Gen.Enum<Act>(), Gen.Enum<PasidGrantType>().Where(grant => grant is PasidGrantType.FirstStage or PasidGrantType.SecondStage or PasidGrantType.Nested),
        Gen.Int[0, 7], Gen.Int[0, 7], Gen.Bool, (act, grant, page, value, write) => new Move(act, grant, page, value, write)).Array[1, 60];

    [Theory]
    [InlineData(8192, false, true)]
    // With four entries, most entries are replaced before they are invalidated.
    [InlineData(4, false, true)]
    [InlineData(8192, true, true)]
    // The walks of the cached unit are plain where they can be, those of the other one are exact.
    [InlineData(8192, false, false)]
    [InlineData(4, false, false)]
    public void A_cached_unit_and_an_uncached_one_agree(int capacity, bool faultsOnCachedRights, bool observed) => Moves.Sample(moves =>
    {
        UnitOptions options = UnitFixture.Options with
        {
            IotlbCapacity = capacity,
            ContextCapacity = 4,
            StructureCapacity = Math.Min(capacity, 64),
            FaultsOnCachedRights = faultsOnCachedRights,
        };
        using CachingBench cached = new(options, observed);
        using CachingBench uncached = new(options with { Caching = false }, observed: true);
        foreach (Move move in moves)
            Assert.Equal(uncached.Make(move), cached.Make(move));
        Assert.Equal(uncached.Leaves, cached.Leaves);
    }, iter: 150, print: moves => string.Join('\n', moves.Select(move => move.ToString())));

    private enum Act
    {
        Request,
        RequestAgain,
        MapPage,
        MapBeneath,
        MapLarge,
        ChangeEntry,
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Move(Act Act, PasidGrantType Space, int Page, int Value, bool Write);

    /// <summary>Three address spaces with 8 pages each, in a region that can be one large page as well. Each change is followed by its invalidation.</summary>
    private sealed class CachingBench : IDisposable
    {
        private const ulong Base = 0x4000_0000;
        private const ulong Guest = 0x80_0000;
        private const ulong GuestTables = 0x10_0000;
        private const ulong Offset = 0x400_0000;

        private readonly UnitFixture _fixture;
        private readonly PageTables _first;
        private readonly PageTables _second;
        private readonly PageTables _guest;
        private readonly PageTables _host;
        private readonly Dictionary<PasidGrantType, (ulong Place, ulong Link)> _regions = [];
        private readonly Dictionary<(PasidGrantType Space, int Page), ulong> _leaves = [];

        public CachingBench(UnitOptions options, bool observed)
        {
            _fixture = UnitFixture.InScalableMode(options, observed: observed);
            _fixture.EnableQueue();
            _first = new PageTables(new TablePages(_fixture.Memory, 0x20_0000), 4, EntryBits.User);
            _second = new PageTables(new TablePages(_fixture.Memory, 0x28_0000), 4, EntryBits.ReadWrite);
            _guest = new PageTables(new TablePages(_fixture.Memory, GuestTables, Offset), 4, EntryBits.User);
            _host = new PageTables(new TablePages(_fixture.Memory, 0x30_0000), 4, EntryBits.ReadWrite);
            for (ulong page = 0; page < 8; page++)
            {
                _host[GuestTables + page * 4096] = GuestTables + page * 4096 + Offset | EntryBits.ReadWrite;
                _host[Guest + page * 4096] = Guest + page * 4096 + Offset | EntryBits.ReadWrite;
            }

            Remember(PasidGrantType.FirstStage, _first);
            Remember(PasidGrantType.SecondStage, _second);
            Remember(PasidGrantType.Nested, _guest);
            foreach (PasidGrantType space in _regions.Keys)
                SetEntry(space, 0);
        }

        public IEnumerable<ulong> Leaves => _leaves.Values.Concat(_regions.Values.Select(region => region.Place)).Select(_fixture.Word)
            .Concat(Enumerable.Range(0, 8).Select(page => _host[Guest + (ulong)page * 4096]));

        /// <summary>Makes a move. Returns the result of a request.</summary>
        public (TranslationKind Kind, FaultReason Reason, ulong Address) Make(Move move)
        {
            switch (move.Act)
            {
                case Act.MapPage:
                    _fixture.Set(_leaves[(move.Space, move.Page)], PageEntry(move));
                    Invalidate(move.Space, Base + (ulong)move.Page * 4096, 0, onlyLeaves: move.Write);
                    break;
                case Act.MapBeneath:
                    _host[Guest + (ulong)move.Page * 4096] = Guest + (ulong)move.Value * 4096 + Offset | (uint)move.Value & 0b11;
                    _fixture.Submit(Hinted(Descriptor.Pages(DomainOf(PasidGrantType.Nested), Guest + (ulong)move.Page * 4096), move.Write));
                    break;
                case Act.MapLarge:
                    _fixture.Set(_regions[move.Space].Place, LargeEntry(move));
                    Invalidate(move.Space, Base, 9, onlyLeaves: false);
                    break;
                case Act.ChangeEntry:
                    SetEntry(move.Space, move.Value);
                    _fixture.Submit(Descriptor.PasidEntry(DomainOf(move.Space), PasidOf(move.Space)), move.Space == PasidGrantType.FirstStage
                        ? Descriptor.Pasid(DomainOf(move.Space), PasidOf(move.Space))
                        : Descriptor.Domain(DomainOf(move.Space)));
                    break;
                default:
                    return Request(move);
            }

            Assert.True(_fixture.Reports.Count == 0, string.Join(Environment.NewLine, _fixture.Reports));
            return default;
        }

        public void Dispose() => _fixture.Dispose();

        private (TranslationKind Kind, FaultReason Reason, ulong Address) Request(Move move)
        {
            PasidPrefix prefix = new(PasidOf(move.Space), privileged: move.Value == 7);
            DmaAccess access = move.Value == 6 ? DmaAccess.ZeroLengthRead : move.Write ? DmaAccess.Write : DmaAccess.Read;
            Translation translation = _fixture.Translate(access, Base + (ulong)move.Page * 4096 + 0x123, prefix);
            return (translation.Kind, translation.Reason, translation.Address);
        }

        private void Remember(PasidGrantType space, PageTables tables)
        {
            ulong offset = space == PasidGrantType.Nested ? Offset : 0;
            for (int page = 0; page < 8; page++)
            {
                _leaves[(space, page)] = tables.PlaceOf(Base + (ulong)page * 4096);
                Make(new Move(Act.MapPage, space, page, 7, Write: true));
            }

            ulong place = tables.PlaceOf(Base, 2);
            _regions[space] = (place, _fixture.Word(place));
            Assert.NotEqual(0UL, place - offset);
        }

        private void SetEntry(PasidGrantType space, int value) => _fixture.SetPasid(PasidOf(space), new PasidEntry
        {
            Present = value != 5,
            GrantType = space,
            AddressWidth = AddressWidth.Bits48,
            DomainId = DomainOf(space),
            FirstStageTable = space == PasidGrantType.Nested ? _guest.Top : _first.Top,
            SecondStageTable = space == PasidGrantType.Nested ? _host.Top : _second.Top,
            PageWalkSnoop = value != 6,
            SupervisorRequestEnable = (value & 1) == 0,
            WriteProtectEnable = (value & 2) != 0,
            SecondStageAccessedDirtyEnable = (value & 4) == 0,
        });

        private void Invalidate(PasidGrantType space, ulong address, int mask, bool onlyLeaves) => _fixture.Submit(Hinted(
            space == PasidGrantType.SecondStage
                ? Descriptor.Pages(DomainOf(space), address, mask)
                : Descriptor.PasidPages(DomainOf(space), PasidOf(space), address, mask),
            onlyLeaves));

        private static Descriptor Hinted(Descriptor descriptor, bool hint) => hint ? descriptor.WithHint() : descriptor;

        private static ulong PageEntry(Move move) => Guest + (ulong)(move.Page ^ move.Value) % 8 * 4096 | (uint)move.Value;

        // Half of the moves make the region small pages again.
        private ulong LargeEntry(Move move) => move.Write ? _regions[move.Space].Link : Guest | EntryBits.PageSize | (uint)move.Value;

        private static DomainId DomainOf(PasidGrantType space) => new((ushort)(7 + (int)space));

        private static Pasid PasidOf(PasidGrantType space) => new(5 + (uint)space);
    }
}
