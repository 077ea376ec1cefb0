using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A guest whose first stage has four tables and translates one page. The second stage maps each used guest page with a 4 KiB entry to an address 64 MiB
/// higher. No accessed bit of the first stage is set.
/// </summary>
internal sealed class NestedFixture : IDisposable
{
    public const ulong Offset = 0x400_0000;
    public const ulong GuestTables = 0x10_0000;
    public const ulong GuestPage = 0x20_0000;
    public const ulong Input = 0x7F12_3456_7000;
    public static readonly DomainId Domain = new(7);
    public static readonly Pasid Pasid = new(5);

    public NestedFixture(UnitOptions? options = null, int levels = 4)
    {
        Fixture = UnitFixture.InScalableMode(options);
        First = new PageTables(new TablePages(Fixture.Memory, GuestTables, Offset), levels, EntryBits.User);
        Second = new PageTables(new TablePages(Fixture.Memory, 0x30_0000), 4, EntryBits.ReadWrite);
        First[Input] = GuestPage | EntryBits.User;
        for (int table = 0; table < levels; table++)
            MapGuest(GuestTables + (ulong)table * 4096);
        MapGuest(GuestPage);
        Fixture.SetPasid(Pasid, Entry);
    }

    public UnitFixture Fixture { get; }

    public PageTables First { get; }

    public PageTables Second { get; }

    public static PasidPrefix Prefix => new(Pasid);

    public PasidEntry Entry => new()
    {
        Present = true,
        GrantType = PasidGrantType.Nested,
        AddressWidth = AddressWidth.Bits48,
        SecondStageTable = Second.Top,
        FirstStageTable = First.Top,
        DomainId = Domain,
        PageWalkSnoop = true,
        SecondStageAccessedDirtyEnable = true,
    };

    public void MapGuest(ulong page) => Second[page] = page + Offset | EntryBits.ReadWrite;

    public FaultReason Fault(DmaAccess access, ulong address = Input) => Fixture.Fault(access, address, Prefix);

    public void Dispose() => Fixture.Dispose();
}
