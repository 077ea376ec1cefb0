using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A cached translation of <see cref="FilledIotlb"/>.</summary>
/// <param name="Grant">The stages that translate.</param>
/// <param name="Device">The requester.</param>
/// <param name="Pasid">The PASID of the request.</param>
/// <param name="Domain">The domain id of its PASID entry.</param>
/// <param name="Page">The address of the request.</param>
public sealed record FilledEntry(PasidGrantType Grant, RequesterId Device, Pasid Pasid, DomainId Domain, ulong Page)
{
    public override string ToString() => $"{Grant} {Device}/{Pasid} domain {Domain} page {Page:X}";
}

/// <summary>
/// A unit in scalable mode whose IOTLB holds translations of every grant type: for each type two PASIDs of one device in one domain, and one PASID of another
/// device in another domain, with two pages each. Then all PASID entries refer to other tables, so that the result of a request shows whether its translation is still cached.
/// </summary>
internal sealed class FilledIotlb : IDisposable
{
    public const ulong Page = 0x1000_0000;
    public const ulong OtherPage = 0x1080_0000;

    private const ulong OtherDirectory = 0x10_5000;
    private const ulong OtherTable = 0x10_6000;
    private const ulong Offset = 0x400_0000;
    private const ulong GuestTables = 0x10_0000;

    private static readonly PasidGrantType[] Grants =
        [PasidGrantType.FirstStage, PasidGrantType.SecondStage, PasidGrantType.Nested, PasidGrantType.PassThrough];

    private readonly PageTables _second;
    private readonly PageTables _first;
    private readonly PageTables _guest;
    private readonly PageTables _host;
    private readonly PageTables _decoy;

    public FilledIotlb(UnitOptions? options = null)
    {
        Fixture = UnitFixture.InScalableMode(options);
        Fixture.EnableQueue();
        Fixture.SetContext(UnitFixture.OtherDevice, OtherDirectory | UnitFixture.PasidEnable | 1);
        Fixture.Set(OtherDirectory, OtherTable | 1);
        _first = Map(new PageTables(new TablePages(Fixture.Memory, 0x20_0000), 4, EntryBits.User), 0x50_0000 | EntryBits.User);
        _second = Map(new PageTables(new TablePages(Fixture.Memory, 0x22_0000), 4, EntryBits.ReadWrite), 0x52_0000 | EntryBits.ReadWrite);
        _guest = Map(new PageTables(new TablePages(Fixture.Memory, GuestTables, Offset), 4, EntryBits.User), 0x20_0000 | EntryBits.User);
        _host = new PageTables(new TablePages(Fixture.Memory, 0x24_0000), 4, EntryBits.ReadWrite);
        for (ulong page = 0; page < 16; page++)
            _host[GuestTables + page * 4096] = GuestTables + page * 4096 + Offset | EntryBits.ReadWrite;
        _host[0x20_0000] = 0x54_0000 | EntryBits.ReadWrite;
        _decoy = Map(new PageTables(new TablePages(Fixture.Memory, 0x26_0000), 4, EntryBits.User), 0x5F_0000 | EntryBits.User);
        Restore();
        foreach (FilledEntry entry in Entries)
            Assert.Equal(OutputOf(entry), OutputNow(entry));
        Redirect();
    }

    /// <summary>The translations in the IOTLB after construction.</summary>
    public static IReadOnlyList<FilledEntry> Entries { get; } =
    [
        .. from grant in Grants
           from place in ((RequesterId Device, uint Next, int Above)[])[(UnitFixture.Device, 0, 0), (UnitFixture.Device, 1, 0), (UnitFixture.OtherDevice, 0, 1)]
           from page in (ulong[])[Page, OtherPage]
           select new FilledEntry(grant, place.Device, new Pasid(PasidOf(grant).Value + place.Next), new DomainId((ushort)(DomainOf(grant).Value + place.Above)), page),
    ];

    public UnitFixture Fixture { get; }

    /// <summary>Returns the first PASID of a grant type, which both devices have.</summary>
    public static Pasid PasidOf(PasidGrantType grant) => new((uint)grant * 4);

    /// <summary>Returns the domain of the first device's PASIDs of a grant type. The other device has the next domain.</summary>
    public static DomainId DomainOf(PasidGrantType grant) => new((ushort)((int)grant * 4 + 3));

    /// <summary>Writes the PASID entries with the tables of the cached translations.</summary>
    public void Restore()
    {
        foreach (FilledEntry entry in Entries)
            Set(entry, EntryOf(entry));
        Fixture.Submit(Descriptor.AllPasids);
    }

    /// <summary>Writes PASID entries with other tables.</summary>
    public void Redirect()
    {
        foreach (FilledEntry entry in Entries)
            Set(entry, EntryOf(entry) with { GrantType = PasidGrantType.FirstStage, FirstStageTable = _decoy.Top, DomainId = new(0x33) });
        Fixture.Submit(Descriptor.AllPasids);
    }

    /// <summary>Returns the translations that are still cached. The call caches the others again, so call it once.</summary>
    public IReadOnlyList<FilledEntry> Left() => [.. Entries.Where(entry => OutputNow(entry) == OutputOf(entry))];

    public void Dispose() => Fixture.Dispose();

    private ulong OutputNow(FilledEntry entry)
    {
        Translation translation = Fixture.Translate(DmaAccess.Read, entry.Page, new PasidPrefix(entry.Pasid), entry.Device);
        Assert.Equal(FaultReason.None, translation.Reason);
        return translation.Address;
    }

    private static ulong OutputOf(FilledEntry entry) => entry.Grant switch
    {
        PasidGrantType.FirstStage => 0x50_0000,
        PasidGrantType.SecondStage => 0x52_0000,
        PasidGrantType.Nested => 0x54_0000,
        _ => entry.Page,
    };

    private PasidEntry EntryOf(FilledEntry entry) => new()
    {
        Present = true,
        GrantType = entry.Grant,
        DomainId = entry.Domain,
        AddressWidth = AddressWidth.Bits48,
        FirstStageTable = entry.Grant == PasidGrantType.Nested ? _guest.Top : _first.Top,
        SecondStageTable = entry.Grant == PasidGrantType.Nested ? _host.Top : _second.Top,
        PageWalkSnoop = true,
    };

    private void Set(FilledEntry entry, PasidEntry written) =>
        Fixture.SetPasid(entry.Pasid, written, entry.Device == UnitFixture.Device ? UnitFixture.PasidTable : OtherTable);

    private static PageTables Map(PageTables tables, ulong leaf)
    {
        tables[Page] = leaf;
        tables[OtherPage] = leaf;
        return tables;
    }
}
