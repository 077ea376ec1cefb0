using CsCheck;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Random operations of a process, compared with a dictionary of pages after each step. Tables are decoded from raw bits, and frames are counted.
/// </summary>
public sealed class AddressSpaceModelTests
{
    private const ulong Page = AddressRange.PageSize;
    private const int PagesInLarge = 512;

    private static readonly MemoryRights[] Rights =
        [MemoryRights.None, MemoryRights.Read, MemoryRights.ReadWrite, MemoryRights.Read | MemoryRights.Execute, MemoryRights.Write];

    // Addresses of three large pages, with lengths that often include one.
    private static readonly Gen<Move> Moves = Gen.Select(
        Gen.Int[0, 9], Gen.OneOf(Gen.Int[0, 1400], Gen.Int[0, 2].Select(large => large * PagesInLarge)),
        Gen.OneOf(Gen.Int[1, 8], Gen.Int[400, 1100]), Gen.Int[0, Rights.Length - 1].Select(index => Rights[index]), Gen.Bool)
        .Select((kind, first, length, rights, large) => new Move(kind, first, length, rights, large));

    [Fact]
    public void Tables_areas_and_frames_agree_with_the_model_at_every_step() =>
        Gen.Select(Moves.Array[1, 40], Gen.Int[4, 5]).Sample((moves, levels) => new Life(levels).Run(moves), iter: 60);

    internal sealed record Move(int Kind, int First, int Length, MemoryRights Rights, bool Large);

    private sealed class Life
    {
        private readonly SparseMemory _memory = new(new MemoryRange(0, 0x1000_0000));
        private readonly FrameAllocator _frames;
        private readonly ProcessAddressSpace _process;
        private readonly SortedDictionary<int, ModelPage> _model = [];

        public Life(int levels)
        {
            _frames = new FrameAllocator(_memory, _memory.Ram);
            _process = new ProcessAddressSpace(_memory, _frames, "modelled", levels);
        }

        public void Run(Move[] moves)
        {
            foreach (Move move in moves)
            {
                Make(move);
                Check();
            }

            Synchronous.Complete(_process.ExitAsync());
            Assert.Equal(0, _frames.InUse);
            Assert.Equal(0, _process.References);
        }

        private void Make(Move move)
        {
            switch (move.Kind)
            {
                case 0 or 1:
                    Map(move);
                    break;
                case 2:
                    Synchronous.Complete(_process.UnmapAsync(RangeOf(move)));
                    foreach (int page in PagesOf(move))
                        _model.Remove(page);
                    break;
                case 3:
                    Protect(move);
                    break;
                default:
                    Fault(move.First, move.Rights);
                    break;
            }
        }

        private void Map(Move move)
        {
            if (PagesOf(move).Any(_model.ContainsKey))
            {
                Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => Reserve(move)).Error);
                return;
            }

            object mapping = Reserve(move);
            foreach (int page in PagesOf(move))
                _model[page] = new ModelPage(Effective(move.Rights), mapping, move.Large, IsPresent: false);
        }

        private MemoryArea Reserve(Move move) =>
            _process.Map((ulong)move.Length * Page, move.Rights, AddressOf(move.First), largePages: move.Large);

        private void Protect(Move move)
        {
            Action protect = () => Synchronous.Complete(_process.ProtectAsync(RangeOf(move), move.Rights));
            if (!PagesOf(move).All(_model.ContainsKey))
            {
                Assert.Equal(IommuError.NotFound, Assert.Throws<IommuException>(protect).Error);
                return;
            }

            protect();
            foreach (int page in PagesOf(move))
                _model[page] = _model[page] with { Rights = Effective(move.Rights) };
        }

        private void Fault(int page, MemoryRights access)
        {
            access = access == MemoryRights.None ? MemoryRights.Read : access;
            PageFaultOutcome expected = !_model.TryGetValue(page, out ModelPage? model) ? PageFaultOutcome.NoArea
                : (access & ~model.Rights) != MemoryRights.None ? PageFaultOutcome.NotAllowed
                : PageFaultOutcome.Handled;

            Assert.Equal(expected, _process.TryHandleFault(AddressOf(page) + 0x123, access));

            if (expected == PageFaultOutcome.Handled && !model!.IsPresent)
                BringIn(page, model);
        }

        private void BringIn(int page, ModelPage model)
        {
            int[] large = [.. Enumerable.Range(page / PagesInLarge * PagesInLarge, PagesInLarge)];
            bool comesAsOne = model.Large && large.All(other => _model.GetValueOrDefault(other) == model)
                && !large.Any(other => _model[other].IsPresent);
            RawTables tables = Tables;
            foreach (int one in comesAsOne ? large : [page])
            {
                _model[one] = _model[one] with { IsPresent = true };
                ulong physical = PhysicalOf(tables, one);
                Assert.Equal(0UL, _memory.ReadUInt64(physical));
                _memory.WriteUInt64(physical, Content(one));
            }
        }

        private void Check()
        {
            RawTables tables = Tables;
            int[] present = [.. _model.Where(page => page.Value.IsPresent).Select(page => page.Key)];
            Assert.Equal(present, tables.Leaves.SelectMany(leaf => PagesIn(leaf.Key, leaf.Value.Size)));
            foreach ((ulong address, RawTables.Leaf leaf) in tables.Leaves)
                CheckLeaf(address, leaf);
            Assert.Equal(present.Length + tables.Tables, _frames.InUse);
            Assert.Equal(present.Length, _process.ResidentPages);
            Assert.Equal(tables.Tables, _process.TablePages);
            Assert.Equal(_model.Select(page => (page.Key, page.Value.Rights)), PagesOfAreas());
        }

        private void CheckLeaf(ulong address, RawTables.Leaf leaf)
        {
            MemoryRights rights = _model[PageOf(address)].Rights;
            Assert.True(leaf.Has(RawTables.User));
            Assert.Equal(rights != MemoryRights.None, leaf.Has(RawTables.Present));
            Assert.Equal(rights.HasFlag(MemoryRights.Write), leaf.Has(RawTables.Writable));
            Assert.Equal(!rights.HasFlag(MemoryRights.Execute), leaf.Has(RawTables.ExecuteDisable));
            foreach (int page in PagesIn(address, leaf.Size))
                Assert.Equal(Content(page), _memory.ReadUInt64(leaf.Physical + AddressOf(page) - address));
        }

        private RawTables Tables => RawTables.Of(_memory, _process);

        private IEnumerable<(int, MemoryRights)> PagesOfAreas() =>
            _process.Areas.SelectMany(area => PagesIn(area.Range.Start, area.Range.Length).Select(page => (page, area.Rights)));

        private static ulong PhysicalOf(RawTables tables, int page)
        {
            ulong start = tables.Leaves.Keys.Last(start => start <= AddressOf(page));
            return tables.Leaves[start].Physical + AddressOf(page) - start;
        }

        private static MemoryRights Effective(MemoryRights rights) => rights == MemoryRights.None ? rights : rights | MemoryRights.Read;

        private static AddressRange RangeOf(Move move) => new(AddressOf(move.First), (ulong)move.Length * Page);

        private static IEnumerable<int> PagesOf(Move move) => Enumerable.Range(move.First, move.Length);

        private static IEnumerable<int> PagesIn(ulong address, ulong size) => Enumerable.Range(PageOf(address), (int)(size / Page));

        private static ulong AddressOf(int page) => ProcessFixture.Base + (ulong)page * Page;

        private static int PageOf(ulong address) => (int)((address - ProcessFixture.Base) / Page);

        private static ulong Content(int page) => (ulong)page + 1;
    }

    private sealed record ModelPage(MemoryRights Rights, object Mapping, bool Large, bool IsPresent);
}
