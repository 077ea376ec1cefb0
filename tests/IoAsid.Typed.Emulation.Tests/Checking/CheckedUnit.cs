using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A unit with a checker, and a device that has used two pages of one address space and has a cached translation of the first. Prepared tables translate the
/// pages to other frames. The checker observes all stores as stores of a processor.
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
    public static readonly DomainId Domain = UnitFixture.Domain;
    public static readonly Pasid Number = new(5);
    public static readonly Pasid RidPasid = new(6);

    private const ulong Tables = 0x20_0000;
    private const ulong OtherTables = 0x28_0000;
    private const ulong HostTables = 0x2C_0000;
    private const ulong Enables = UnitFixture.DeviceTlbEnable | UnitFixture.PasidEnable | 1;

    private readonly ulong _link;
    private bool _hasTranslation;

    private CheckedUnit(PasidGrantType grant, bool legacy, bool withPasid)
    {
        _link = grant == PasidGrantType.SecondStage ? EntryBits.ReadWrite : EntryBits.User;
        Prefix = withPasid ? new PasidPrefix(Number) : default;
        Fixture = legacy ? UnitFixture.InLegacyMode(Tables) : UnitFixture.InScalableMode();
        Checker = new UnitChecker(Fixture.Unit, Fixture.Scheduler.Clock);
        Present = new PageTables(new TablePages(Fixture.Memory, Tables), 4, _link);
        Future = new PageTables(new TablePages(Fixture.Memory, OtherTables), 4, _link);
        foreach (ulong page in (ulong[])[Page, OtherPage])
        {
            Present.Map(page, Before + (page - Page));
            Future.Map(page, After + (page - Page));
        }

        ulong second = grant == PasidGrantType.Nested ? Identity().Top : Tables;
        Entry = UnitFixture.EntryOf(grant, grant == PasidGrantType.SecondStage ? 0 : Tables, grant == PasidGrantType.FirstStage ? 0 : second);
        if (legacy)
        {
            Fixture.Set(UnitFixture.LegacyContext, Tables | 1 << 2 | 1);
            Fixture.Set(OtherContexts + UnitFixture.Device.Value * 16UL, OtherTables | 1 << 2 | 1);
            Fixture.Set(OtherContexts + UnitFixture.Device.Value * 16UL + 8, 8 << 8 | 2);
        }
        else
        {
            Fixture.SetContext(UnitFixture.Device, UnitFixture.PasidDirectory | Enables, RidPasid.Value);
            Fixture.SetPasid(Pasid, Entry);
            PrepareOther();
        }

        Fixture.EnableQueue();
        Use();
        Assert.Empty(Checker.Findings);
    }

    public UnitFixture Fixture { get; }

    public UnitChecker Checker { get; }

    public PageTables Present { get; }

    public PageTables Future { get; }

    public PasidEntry Entry { get; }

    public PasidPrefix Prefix { get; }

    /// <summary>The PASID of the address space: the PASID of the requests, or RID_PASID.</summary>
    public Pasid Pasid => Prefix.IsPresent ? Prefix.Pasid : RidPasid;

    public static CheckedUnit Of(PasidGrantType grant, bool withPasid = true) => new(grant, legacy: false, withPasid);

    public static CheckedUnit Legacy() => new(PasidGrantType.SecondStage, legacy: true, withPasid: false);

    public void Store(ulong address, ulong value)
    {
        Fixture.Set(address, value);
        ((IProcessorObserver)Checker).MemoryWritten(address, sizeof(ulong));
    }

    public void StoreEntry(PasidEntry entry, Pasid? pasid = null)
    {
        for (int word = 7; word >= 0; word--)
            Store(UnitFixture.PasidTable + (pasid ?? Pasid).Value * 64 + (ulong)word * 8, entry.Bits[word]);
    }

    /// <summary>Stores a legacy context entry that allows each kind of request of the device.</summary>
    public void StoreContext(RequesterId device, ulong table, DomainId domain)
    {
        ulong entry = UnitFixture.Contexts + device.Value * 16UL;
        Store(entry + 8, (ulong)domain.Value << 8 | 2);
        Store(entry, table | 1 << 2 | 1);
    }

    /// <summary>Changes the entry of a level, so that the pages are translated by the prepared tables.</summary>
    public void ChangeTables(int level) => Store(Present.PlaceOf(Page, level), Future[Page, level]);

    /// <summary>
    /// Reads the first page and writes the second as the device, and writes the first with a translated request. If the device has no translation, it requests one
    /// instead of the translated write.
    /// </summary>
    public void Use(PasidPrefix? prefix = null)
    {
        PasidPrefix used = prefix ?? Prefix;
        Fixture.Translate(DmaAccess.Read, Page, used);
        Fixture.Translate(DmaAccess.Write, OtherPage, used);
        if (Fixture.Invalidations.Any(Covers))
            _hasTranslation = false;
        if (_hasTranslation)
            Fixture.Unit.Write(new DmaRequest(UnitFixture.Device, Before, DmaAccess.Write, IsTranslated: true), [1]);
        else
            _hasTranslation = Fixture.Unit.Translate(new(UnitFixture.Device, Page, 1, NoWrite: false, used), new TranslationEntry[1], out _) == CompletionStatus.Success;
    }

    private bool Covers(InvalidateRequestMessage message) =>
        DeviceTlbRange.Decode(message.AddressAndSize, (message.AddressAndSize >> 11 & 1) != 0).Contains(Page)
        && (message.AllPasids || message.Prefix == Prefix);

    /// <summary>Reads both pages as another device, without a PASID.</summary>
    public void UseBy(RequesterId device)
    {
        Fixture.Translate(DmaAccess.Read, Page, default, device);
        Fixture.Translate(DmaAccess.Read, OtherPage, default, device);
    }

    public void Dispose()
    {
        Checker.Dispose();
        Fixture.Dispose();
    }

    // Returns a second stage that maps the tables of the first stage and the pages, each by an entry of its own, to themselves.
    private PageTables Identity()
    {
        PageTables host = new(new TablePages(Fixture.Memory, HostTables), 4, EntryBits.ReadWrite);
        foreach (ulong page in (ulong[])[Tables, Tables + 0x1000, Tables + 0x2000, Tables + 0x3000, Before, Before + 0x1000])
            host.Map(page, page);
        return host;
    }

    // Prepares a context table, a directory and a PASID table that lead to the prepared tables, in another domain.
    private void PrepareOther()
    {
        Fixture.Set(OtherContexts + UnitFixture.Device.Value * 32UL, OtherDirectory | Enables);
        Fixture.Set(OtherContexts + UnitFixture.Device.Value * 32UL + 8, RidPasid.Value);
        Fixture.Set(OtherDirectory, OtherPasidTable | 1);
        Fixture.SetPasid(Pasid, Elsewhere(Entry) with { DomainId = new(8) }, OtherPasidTable);
    }

    public PasidEntry Elsewhere(PasidEntry entry) => entry.GrantType == PasidGrantType.FirstStage
        ? entry with { FirstStageTable = Future.Top }
        : entry with { SecondStageTable = Future.Top };
}
