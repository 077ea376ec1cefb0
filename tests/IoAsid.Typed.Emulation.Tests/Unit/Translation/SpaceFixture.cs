using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>An address space of one stage with PASID 5 and domain 7, and a 4 KiB page in it.</summary>
internal sealed class SpaceFixture : IDisposable
{
    public const ulong Input = 0x7F12_3456_7000;
    public const ulong Page = 0x50_0000;
    public static readonly DomainId Domain = new(7);
    public static readonly Pasid Pasid = new(5);

    private SpaceFixture(UnitOptions? options, int levels, bool first)
    {
        Fixture = UnitFixture.InScalableMode(options);
        Tables = new PageTables(new TablePages(Fixture.Memory, 0x20_0000), levels, first ? EntryBits.User : EntryBits.ReadWrite);
        Tables[Input] = Page | (first ? EntryBits.User : EntryBits.ReadWrite);
    }

    public UnitFixture Fixture { get; }

    public PageTables Tables { get; }

    public PasidEntry Entry { get; private init; }

    public static PasidPrefix Prefix => new(Pasid);

    public static PasidPrefix Supervisor => new(Pasid, privileged: true);

    public static SpaceFixture OfFirstStage(UnitOptions? options = null, int levels = 4, Func<PasidEntry, PasidEntry>? change = null)
    {
        PasidEntry entry = new()
        {
            Present = true,
            GrantType = PasidGrantType.FirstStage,
            FirstStageTable = 0x20_0000,
            FirstStagePagingMode = levels == 5 ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
            DomainId = Domain,
            PageWalkSnoop = true,
        };
        return new SpaceFixture(options, levels, first: true) { Entry = entry }.Write(change);
    }

    public static SpaceFixture OfSecondStage(UnitOptions? options = null, int levels = 4, Func<PasidEntry, PasidEntry>? change = null)
    {
        PasidEntry entry = new()
        {
            Present = true,
            GrantType = PasidGrantType.SecondStage,
            SecondStageTable = 0x20_0000,
            AddressWidth = (AddressWidth)(levels - 2),
            DomainId = Domain,
        };
        return new SpaceFixture(options, levels, first: false) { Entry = entry }.Write(change);
    }

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
