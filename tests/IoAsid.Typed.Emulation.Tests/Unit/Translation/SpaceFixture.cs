using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// An address space with PASID 5 and domain 7, and a 4 KiB page in it. It has a first stage, a second stage, or both. With both, the second stage maps each used
/// guest page with a 4 KiB entry to an address 64 MiB higher, and no accessed bit is set.
/// </summary>
internal sealed class SpaceFixture : IDisposable
{
    public const ulong Input = 0x7F12_3456_7000;
    public const ulong Page = 0x50_0000;
    public const ulong Offset = 0x400_0000;
    public const ulong GuestTables = 0x10_0000;
    public const ulong GuestPage = 0x20_0000;
    public static readonly DomainId Domain = UnitFixture.Domain;
    public static readonly Pasid Pasid = new(5);

    private const ulong TopOfOneStage = 0x20_0000;
    private const ulong TopOfHost = 0x30_0000;

    private readonly PageTables? _first;
    private readonly PageTables? _second;

    private SpaceFixture(PasidGrantType grant, UnitOptions? options, int levels)
    {
        bool nested = grant == PasidGrantType.Nested;
        Fixture = UnitFixture.InScalableMode(options);
        if (grant != PasidGrantType.SecondStage)
        {
            _first = new PageTables(
                nested ? new TablePages(Fixture.Memory, GuestTables, Offset) : new TablePages(Fixture.Memory, TopOfOneStage), levels, EntryBits.User);
        }

        if (grant != PasidGrantType.FirstStage)
            _second = new PageTables(new TablePages(Fixture.Memory, nested ? TopOfHost : TopOfOneStage), nested ? 4 : levels, EntryBits.ReadWrite);
        Tables.Map(Input, nested ? GuestPage : Page);
        Entry = UnitFixture.EntryOf(grant, _first?.Top ?? 0, _second?.Top ?? 0, levels);
        if (nested)
            Entry = Entry with { AddressWidth = AddressWidth.Bits48, SecondStageAccessedDirtyEnable = true };
    }

    public UnitFixture Fixture { get; }

    /// <summary>The tables of the stage that translates the addresses of requests.</summary>
    public PageTables Tables => _first ?? Second;

    public PageTables First => _first ?? throw new InvalidOperationException("The address space has no first stage.");

    public PageTables Second => _second ?? throw new InvalidOperationException("The address space has no second stage.");

    public PasidEntry Entry { get; private init; }

    public static PasidPrefix Prefix => new(Pasid);

    public static PasidPrefix Supervisor => new(Pasid, privileged: true);

    public static SpaceFixture OfFirstStage(UnitOptions? options = null, int levels = 4, Func<PasidEntry, PasidEntry>? change = null) =>
        new SpaceFixture(PasidGrantType.FirstStage, options, levels).Write(change);

    public static SpaceFixture OfSecondStage(UnitOptions? options = null, int levels = 4, Func<PasidEntry, PasidEntry>? change = null)
    {
        SpaceFixture space = new(PasidGrantType.SecondStage, options, levels);
        return space.Write(entry => Changed(entry with { PageWalkSnoop = false }));

        PasidEntry Changed(PasidEntry entry) => change is null ? entry : change(entry);
    }

    /// <summary>Creates the address space of a guest, whose first stage has all its tables.</summary>
    public static SpaceFixture OfBothStages(UnitOptions? options = null, int levels = 4)
    {
        SpaceFixture space = new(PasidGrantType.Nested, options, levels);
        for (int table = 0; table < levels; table++)
            space.MapGuest(GuestTables + (ulong)table * 4096);
        space.MapGuest(GuestPage);
        return space.Write(null);
    }

    public void MapGuest(ulong page) => Second.Map(page, page + Offset);

    public FaultReason Fault(DmaAccess access, ulong address = Input) => Fixture.Fault(access, address, Prefix);

    public FaultReason Fault(DmaAccess access, PasidPrefix prefix) => Fixture.Fault(access, Input, prefix);

    public ulong Output(DmaAccess access, ulong address = Input) => Fixture.Output(access, address, Prefix);

    public void Dispose() => Fixture.Dispose();

    private SpaceFixture Write(Func<PasidEntry, PasidEntry>? change)
    {
        Fixture.SetPasid(Pasid, change is null ? Entry : change(Entry));
        return this;
    }
}
