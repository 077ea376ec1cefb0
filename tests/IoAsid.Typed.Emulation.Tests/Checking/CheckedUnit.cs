using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A unit with a checker, and a device that used two pages of one address space and holds a translation of the first. Tables that translate the pages elsewhere
/// lie ready. Whatever is stored, the checker sees as a processor's store.
/// </summary>
internal sealed class CheckedUnit : IDisposable
{
    public const ulong Page = 0x12_3456_6000;
    public const ulong OtherPage = Page + 0x1000;
    public const ulong Before = 0x50_0000;
    public const ulong After = 0x60_0000;
    public const ulong OtherContexts = 0x14_0000;
    public const ulong OtherDirectory = 0x14_2000;
    public const ulong OtherPasidTable = 0x14_3000;
    public static readonly DomainId Domain = new(7);
    public static readonly Pasid Number = new(5);
    public static readonly Pasid RidPasid = new(6);

    private const ulong Tables = 0x20_0000;
    private const ulong OtherTables = 0x28_0000;
    private const ulong Enables = UnitBench.DeviceTlbEnable | UnitBench.PasidEnable | 1;

    private readonly ulong _link;
    private bool _holds;

    private CheckedUnit(PasidGrantType grant, bool legacy, bool withPasid)
    {
        _link = grant == PasidGrantType.FirstStage ? PageTables.User : PageTables.ReadWrite;
        Prefix = withPasid ? new PasidPrefix(Number) : default;
        Bench = legacy ? UnitBench.InLegacyMode(Tables) : UnitBench.InScalableMode();
        Checker = new UnitChecker(Bench.Unit, Bench.Scheduler.Clock);
        Present = new PageTables(Bench.Memory, Tables, 4, _link);
        Future = new PageTables(Bench.Memory, OtherTables, 4, _link);
        foreach (ulong page in (ulong[])[Page, OtherPage])
        {
            Present[page] = Before + (page - Page) | _link;
            Future[page] = After + (page - Page) | _link;
        }

        Entry = new PasidEntry
        {
            Present = true,
            GrantType = grant,
            DomainId = Domain,
            FirstStageTable = Tables,
            SecondStageTable = Tables,
            AddressWidth = AddressWidth.Bits48,
            PageWalkSnoop = true,
        };
        if (legacy)
        {
            Bench.Set(LegacyContext, Tables | 1 << 2 | 1);
            Bench.Set(OtherContexts + UnitBench.Device.Value * 16UL, OtherTables | 1 << 2 | 1);
            Bench.Set(OtherContexts + UnitBench.Device.Value * 16UL + 8, 8 << 8 | 2);
        }
        else
        {
            Bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | Enables, RidPasid.Value);
            Bench.SetPasid(Pasid, Entry);
            PrepareOther();
        }

        Bench.EnableQueue();
        Use();
        Assert.Empty(Checker.Findings);
    }

    public UnitBench Bench { get; }

    public UnitChecker Checker { get; }

    public PageTables Present { get; }

    public PageTables Future { get; }

    public PasidEntry Entry { get; }

    public PasidPrefix Prefix { get; }

    /// <summary>The PASID of the address space: of the requests, or RID_PASID.</summary>
    public Pasid Pasid => Prefix.IsPresent ? Prefix.Pasid : RidPasid;

    public static ulong LegacyContext => UnitBench.Contexts + UnitBench.Device.Value * 16UL;

    public static ulong Context => UnitBench.Contexts + UnitBench.Device.Value * 32UL;

    public static CheckedUnit Of(PasidGrantType grant, bool withPasid = true) => new(grant, legacy: false, withPasid);

    public static CheckedUnit Legacy() => new(PasidGrantType.SecondStage, legacy: true, withPasid: false);

    public void Store(ulong address, ulong value)
    {
        Bench.Set(address, value);
        ((IProcessorObserver)Checker).MemoryWritten(address, sizeof(ulong));
    }

    public void StoreEntry(PasidEntry entry, Pasid? pasid = null)
    {
        for (int word = 7; word >= 0; word--)
            Store(UnitBench.PasidTable + (pasid ?? Pasid).Value * 64 + (ulong)word * 8, entry.Bits[word]);
    }

    /// <summary>Has the entry of a level that serves the pages refer to other tables.</summary>
    public void ChangeTables(int level) => Store(Present.PlaceOf(Page, level), Future[Page, level]);

    /// <summary>The device uses both pages, and the first one translated as well: by the translation that it holds, or by a new one.</summary>
    public void Use(PasidPrefix? prefix = null)
    {
        PasidPrefix used = prefix ?? Prefix;
        Bench.Translate(DmaAccess.Read, Page, used);
        Bench.Translate(DmaAccess.Read, OtherPage, used);
        if (Bench.Invalidations.Count > 0)
            _holds = false;
        if (_holds)
            Bench.Unit.Write(new DmaRequest(UnitBench.Device, Before, DmaAccess.Write, IsTranslated: true), [1]);
        else
            _holds = Bench.Unit.Translate(new(UnitBench.Device, Page, 1, NoWrite: false, used), new TranslationEntry[1], out _) == CompletionStatus.Success;
    }

    public void Dispose()
    {
        Checker.Dispose();
        Bench.Dispose();
    }

    // A context table, a directory and a PASID table that lead to the other tables, in another domain.
    private void PrepareOther()
    {
        Bench.Set(OtherContexts + UnitBench.Device.Value * 32UL, OtherDirectory | Enables);
        Bench.Set(OtherContexts + UnitBench.Device.Value * 32UL + 8, RidPasid.Value);
        Bench.Set(OtherDirectory, OtherPasidTable | 1);
        Bench.SetPasid(Pasid, Elsewhere(Entry) with { DomainId = new(8) }, OtherPasidTable);
    }

    public PasidEntry Elsewhere(PasidEntry entry) => entry with { FirstStageTable = Future.Top, SecondStageTable = Future.Top };
}
