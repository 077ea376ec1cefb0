using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A plain walk recognises a walk without fault and without a bit to set, and no other one. Each bit of each entry is flipped in turn. The exact walk of the same
/// tables decides: its result must be that of the plain walk, or it must have a reason to differ.
/// </summary>
public sealed class PlainWalkTests
{
    // One bit away from the interrupt range with each size of page.
    private const ulong Page = 0x8000_0000;
    private const ulong Input = 0x7F12_3EE5_6000;
    private const ulong GuestPage = 0x1_0000_0000;
    private const ulong GuestTables = 0x10_0000;
    private const ulong InterruptBit = 1UL << 29;
    private const ulong Offset = InterruptRange.First - InterruptBit - GuestTables;
    private static readonly DomainId Domain = new(7);
    private static readonly Pasid Pasid = new(5);

    private static readonly WalkDemand[] Demands =
    [
        WalkDemand.None, WalkDemand.Read, WalkDemand.Write, WalkDemand.Read | WalkDemand.Write, WalkDemand.Read | WalkDemand.MustBeWritable,
        WalkDemand.Read | WalkDemand.Privileged, WalkDemand.Write | WalkDemand.Privileged, WalkDemand.Read | WalkDemand.Execute,
        WalkDemand.Read | WalkDemand.Peek, WalkDemand.TranslationRequest | WalkDemand.Read | WalkDemand.Write,
    ];

    private static VtdCapabilities Revision3 => VtdCapabilities.Everything with { Revision = VtdRevision.Three };

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 1)]
    public void A_plain_walk_of_the_first_stage_is_an_exact_one_without_effect(int levels, int leaf)
    {
        AssertAgreement(FirstStage(VtdCapabilities.Everything, entry => entry, levels, leaf));
        AssertAgreement(FirstStage(VtdCapabilities.Everything, entry => entry with { WriteProtectEnable = true, PageWalkSnoop = false }, levels, leaf));
        AssertAgreement(FirstStage(VtdCapabilities.Everything, entry => entry with { ExtendedAccessedEnable = true }, levels, leaf));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_plain_walk_of_revision_3_is_an_exact_one_without_effect(bool noExecute, bool prevention) => AssertAgreement(
        FirstStage(Revision3, entry => entry with { NoExecuteEnable = noExecute, SupervisorExecutePrevention = prevention }, levels: 4, leaf: 1));

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 1)]
    public void A_plain_walk_of_the_second_stage_is_an_exact_one_without_effect(int levels, int leaf)
    {
        AssertAgreement(SecondStage(entry => entry, levels, leaf));
        AssertAgreement(SecondStage(entry => entry with { SecondStageAccessedDirtyEnable = true }, levels, leaf));
        AssertAgreement(SecondStage(entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = false }, levels, leaf));
    }

    [Fact]
    public void A_plain_walk_of_legacy_mode_is_an_exact_one_without_effect()
    {
        Tables tables = SecondStage(entry => entry, levels: 4, leaf: 1);
        ContextEntry entry = new() { Present = true, DomainId = Domain, AddressWidth = AddressWidth.Bits48, SecondStageTable = tables.Space.SecondStageTable };
        AssertAgreement(tables with { Space = AddressSpaceContext.Of(entry, VtdCapabilities.Everything) });
    }

    [Theory]
    [InlineData(4, 1, 1, 48)]
    [InlineData(4, 2, 1, 48)]
    [InlineData(4, 1, 2, 48)]
    [InlineData(4, 3, 2, 48)]
    [InlineData(4, 1, 1, 39)]
    [InlineData(5, 1, 1, 48)]
    public void A_plain_nested_walk_is_an_exact_one_without_effect(int levels, int firstLeaf, int secondLeaf, int width)
    {
        AssertAgreement(Nested(entry => entry, levels, firstLeaf, secondLeaf, width));
        AssertAgreement(Nested(entry => entry with { SecondStageAccessedDirtyEnable = true, WriteProtectEnable = true }, levels, firstLeaf, secondLeaf, width));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_walk_with_an_observer_is_never_plain(int kind)
    {
        Tables tables = kind == 0 ? FirstStage(VtdCapabilities.Everything, entry => entry, 4, 1) : kind == 1 ? SecondStage(entry => entry, 4, 1) : Nested(entry => entry, 4, 1, 1, 48);
        UnitObservers observers = new();
        Walker unobserved = new(tables, new TableMemory(tables.Memory, observers));
        Assert.True(unobserved.TryWalkPlainly(Input, WalkDemand.Read).IsPresent);

        Assert.False(new Walker(tables, new TableMemory(tables.Memory, observers, new SilentWalkObserver())).TryWalkPlainly(Input, WalkDemand.Read).IsPresent);
        observers.AddPermanently(new SilentUnitObserver());
        Assert.False(unobserved.TryWalkPlainly(Input, WalkDemand.Read).IsPresent);
    }

    private static Tables FirstStage(VtdCapabilities capabilities, Func<PasidEntry, PasidEntry> change, int levels, int leaf)
    {
        SparseMemory memory = NewMemory();
        PageTables first = new(new TablePages(memory, 0x20_0000), levels, EntryBits.User | EntryBits.Accessed | EntryBits.ExtendedAccessed | EntryBits.Dirty);
        first.Map(Input, Output(leaf), leaf);
        PasidEntry entry = change(UnitFixture.EntryOf(PasidGrantType.FirstStage, first.Top, 0, levels));
        return new Tables(memory, capabilities, AddressSpaceContext.Of(Pasid, entry, capabilities, faultProcessingDisable: false), first.PathTo(Input, leaf));
    }

    private static Tables SecondStage(Func<PasidEntry, PasidEntry> change, int levels, int leaf)
    {
        SparseMemory memory = NewMemory();
        PageTables second = UsedSecondStage(memory, 0x20_0000, levels);
        second.Map(Input, Output(leaf), leaf);
        PasidEntry entry = change(UnitFixture.EntryOf(PasidGrantType.SecondStage, 0, second.Top, levels));
        return new Tables(
            memory, VtdCapabilities.Everything, AddressSpaceContext.Of(Pasid, entry, VtdCapabilities.Everything, faultProcessingDisable: false), second.PathTo(Input, leaf));
    }

    private static Tables Nested(Func<PasidEntry, PasidEntry> change, int levels, int firstLeaf, int secondLeaf, int width)
    {
        SparseMemory memory = NewMemory();
        PageTables first = new(new TablePages(memory, GuestTables, Offset), levels, EntryBits.User | EntryBits.Accessed | EntryBits.Dirty);
        PageTables second = UsedSecondStage(memory, 0x30_0000, levels: width == 39 ? 3 : 4);
        ulong guest = (GuestPage | Input & (TranslationTables.PageSizeOf(3) - 1)) & ~(TranslationTables.PageSizeOf(firstLeaf) - 1);
        first.Map(Input, guest, firstLeaf);
        ulong output = guest | Input & (TranslationTables.PageSizeOf(firstLeaf) - 1);
        second.Map(output, Output(secondLeaf), secondLeaf);
        ulong[] guestTables = [.. Enumerable.Range(0, levels + 1 - firstLeaf).Select(table => GuestTables + (ulong)table * 4096)];
        foreach (ulong table in guestTables)
        {
            second.Map(table, table + Offset);
            Copy(memory, table + Offset, table + Offset ^ InterruptBit);
        }

        PasidEntry entry = change(UnitFixture.EntryOf(PasidGrantType.Nested, first.Top, second.Top, levels) with { AddressWidth = width == 39 ? AddressWidth.Bits39 : AddressWidth.Bits48 });
        return new Tables(
            memory,
            VtdCapabilities.Everything,
            AddressSpaceContext.Of(Pasid, entry, VtdCapabilities.Everything, faultProcessingDisable: false),
            [.. first.PathTo(Input, firstLeaf), .. second.PathTo(output, secondLeaf), .. guestTables.SelectMany(table => second.PathTo(table))]);
    }

    // The interrupt range is also memory, so a walk finds the entries of a table in it if nothing checks the range.
    private static void Copy(SparseMemory memory, ulong table, ulong copy)
    {
        byte[] entries = new byte[TranslationTables.TableSize];
        Assert.True(memory.TryRead(table, entries));
        Assert.True(memory.TryWrite(copy, entries));
    }

    private static PageTables UsedSecondStage(SparseMemory memory, ulong first, int levels) =>
        new(new TablePages(memory, first), levels, EntryBits.ReadWrite | EntryBits.SecondAccessed | EntryBits.SecondDirty);

    private static ulong Output(int leaf) => (Page | Input & (TranslationTables.PageSizeOf(3) - 1)) & ~(TranslationTables.PageSizeOf(leaf) - 1);

    private static SparseMemory NewMemory() => new(new MemoryRange(0, 0x1000_0000), new MemoryRange(0xC000_0000, 0x4000_0000));

    private static void AssertAgreement(Tables tables)
    {
        Assert.True(new Walker(tables).TryWalkPlainly(Input, WalkDemand.Write).IsPresent);
        foreach (WalkDemand demand in Demands)
        {
            for (int bit = 12; bit < 64; bit++)
                AssertAgreement(tables, Input ^ 1UL << bit, demand);

            foreach (ulong place in tables.Places.Distinct())
            {
                for (int bit = 0; bit < 64; bit++)
                {
                    tables.Flip(place, bit);
                    AssertAgreement(tables, Input, demand);
                    tables.Flip(place, bit);
                }
            }

            AssertAgreement(tables, Input, demand);
            AssertAgreementOfEntriesThatShareNoRight(tables, demand);
        }
    }

    // Bits 0 and 1 are R and W of the second stage, and P and R/W of the first.
    private static void AssertAgreementOfEntriesThatShareNoRight(Tables tables, WalkDemand demand)
    {
        foreach (ulong one in tables.Places)
        {
            foreach (ulong other in tables.Places.Where(place => place != one))
            {
                tables.Flip(one, 0);
                tables.Flip(other, 1);
                AssertAgreement(tables, Input, demand);
                tables.Flip(one, 0);
                tables.Flip(other, 1);
            }
        }
    }

    private static void AssertAgreement(Tables tables, ulong input, WalkDemand demand)
    {
        Walker plainly = new(tables);
        UpdateLog updates = new(tables.Memory);
        Walker exactly = new(tables, updates.Observed);

        // The second walk begins at the entries that the first one has cached. A walk that is not plain may have cached less than the exact one.
        if (IsPlainAsExact() && !IsPlainAsExact())
            Assert.Fail($"The second walk of 0x{input:X} for {demand} is not plain.");

        bool IsPlainAsExact()
        {
            ulong[] before = [.. tables.Places.Select(tables.Word)];
            WalkResult plain = plainly.TryWalkPlainly(input, demand);
            Assert.Equal(before, tables.Places.Select(tables.Word));
            bool succeeds = exactly.TryWalk(input, demand, out WalkResult exact);
            bool updated = updates.TryUndo();
            bool expected = plainly.IsPlain(demand) && succeeds && !updated;
            Assert.True(expected == plain.IsPresent, $"0x{input:X} for {demand}: {string.Join(' ', before.Select(word => $"0x{word:X}"))}");
            Assert.Equal(expected ? exact : default, plain);
            // A walk that is not plain caches nothing that the exact one does not cache.
            Assert.InRange(plainly.CachedStructures, expected ? exactly.CachedStructures : 0, exactly.CachedStructures);
            return expected;
        }
    }

    /// <summary>Tables of an address space, and the places of the entries that translate <see cref="Input"/>.</summary>
    private sealed record Tables(SparseMemory Memory, VtdCapabilities Capabilities, AddressSpaceContext Space, ulong[] Places)
    {
        public ulong Word(ulong place)
        {
            Assert.True(Memory.TryReadUInt64(place, out ulong word));
            return word;
        }

        public void Flip(ulong place, int bit) => Assert.True(Memory.TryWriteUInt64(place, Word(place) ^ 1UL << bit));
    }

    /// <summary>The walks of a unit with empty paging-structure caches.</summary>
    private sealed class Walker
    {
        private readonly AddressSpaceContext _space;
        private readonly FirstStageWalk _first;
        private readonly SecondStageWalk _second;
        private readonly StructureCache _ofFirst = new(64);
        private readonly StructureCache _ofSecond = new(64);

        public Walker(Tables tables, TableMemory? memory = null)
        {
            memory ??= new TableMemory(tables.Memory, new UnitObservers());
            _space = tables.Space;
            _second = new SecondStageWalk(memory, _ofSecond, tables.Capabilities);
            _first = new FirstStageWalk(memory, _second, _ofFirst, tables.Capabilities);
        }

        public int CachedStructures => _ofFirst.Count + _ofSecond.Count;

        /// <summary>Returns true if a plain walk exists for a demand: of both stages, that of a user to read and write.</summary>
        public bool IsPlain(WalkDemand demand) => _space.HasFirstStage
            ? !demand.Has(~(WalkDemand.Read | WalkDemand.Write))
            : !demand.Has(WalkDemand.TranslationRequest | WalkDemand.Peek);

        public WalkResult TryWalkPlainly(ulong input, WalkDemand demand) =>
            _space.HasFirstStage ? _first.TryWalkPlainly(_space, input, demand) : _second.TryWalkPlainly(_space, input, demand);

        public bool TryWalk(ulong input, WalkDemand demand, out WalkResult result) => _space.HasFirstStage
            ? _first.Walk(_space, input, demand, out result) == FaultReason.None
            : _second.Walk(_space, input, demand, out result) == SecondStageFault.None;
    }

    /// <summary>The updates of entries by a walk.</summary>
    private sealed class UpdateLog : IUnitObserver
    {
        private readonly SparseMemory _memory;
        private readonly Stack<(ulong Address, ulong Word)> _before = [];

        public UpdateLog(SparseMemory memory)
        {
            _memory = memory;
            UnitObservers observers = new();
            observers.AddPermanently(this);
            Observed = new TableMemory(memory, observers);
        }

        /// <summary>The memory whose updates are recorded.</summary>
        public TableMemory Observed { get; }

        void IUnitObserver.TableAccessing(TableAccess access)
        {
            if (!access.IsUpdate)
                return;
            Assert.True(_memory.TryReadUInt64(access.Address, out ulong word));
            _before.Push((access.Address, word));
        }

        /// <summary>Tries to undo the updates since the last call. Returns true if there was one.</summary>
        public bool TryUndo()
        {
            bool updated = _before.Count > 0;
            while (_before.TryPop(out (ulong Address, ulong Word) before))
                Assert.True(_memory.TryWriteUInt64(before.Address, before.Word));
            return updated;
        }
    }

    private sealed class SilentWalkObserver : IWalkObserver
    {
        void IWalkObserver.EntryRead<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved)
        {
        }

        void IWalkObserver.MemoryMissing(ulong address)
        {
        }

        void IWalkObserver.UpdateSkipped(ulong address, ulong before, ulong after)
        {
        }

        void IWalkObserver.SecondStageStarted(ulong input, WalkDemand demand)
        {
        }

        void IWalkObserver.SecondStageEnded(SecondStageFault fault, ulong output)
        {
        }
    }

    private sealed class SilentUnitObserver : IUnitObserver;
}
