using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The paging-structure caches, by the walk that fills them.</summary>
public enum StructureKind
{
    /// <summary>First-stage entries.</summary>
    First,

    /// <summary>Second-stage entries.</summary>
    Second,

    /// <summary>First-stage entries of a guest.</summary>
    Nested,

    /// <summary>Second-stage entries of legacy mode.</summary>
    Legacy,
}

/// <summary>
/// An upper-level entry that a walk has used and that software has changed since, so that it refers to other tables. A request to a second address of the same
/// entry shows whether the entry is still cached, because the lower entries of the second address are not cached.
/// </summary>
internal sealed class StructureFixture : IDisposable
{
    public const ulong Input = 0x12_3456_7000;
    public const ulong Before = 0x50_0000;
    public const ulong After = 0x60_0000;
    public static readonly DomainId Domain = UnitFixture.Domain;

    private const ulong Tables = 0x20_0000;
    private const ulong OtherTables = 0x28_0000;
    private const ulong HostTables = 0x30_0000;
    private const ulong Offset = 0x400_0000;
    private static readonly Pasid Number = new(5);

    private readonly StructureKind _kind;
    private readonly PageTables _tables;
    private readonly PageTables _other;

    private StructureFixture(StructureKind kind, int level, UnitOptions? options)
    {
        _kind = kind;
        Level = level;
        int levels = level == 5 ? 5 : 4;
        bool first = kind is StructureKind.First or StructureKind.Nested;
        ulong link = first ? EntryBits.User : EntryBits.ReadWrite;
        Fixture = kind == StructureKind.Legacy ? UnitFixture.InLegacyMode(Tables, options) : UnitFixture.InScalableMode(options);
        if (kind == StructureKind.Legacy)
            Fixture.Set(UnitFixture.LegacyContext + 8, (ulong)Domain.Value << 8 | (uint)levels - 2);
        ulong offset = kind == StructureKind.Nested ? Offset : 0;
        _tables = new PageTables(new TablePages(Fixture.Memory, Tables, offset), levels, link);
        _other = new PageTables(new TablePages(Fixture.Memory, OtherTables, offset), levels, link);
        foreach (ulong page in (ulong[])[Input, Neighbour])
        {
            _tables.Map(page, Before);
            _other.Map(page, After);
        }

        if (kind == StructureKind.Nested)
            MapGuest();
        Entry = UnitFixture.EntryOf(GrantOf(kind), Tables, kind == StructureKind.Nested ? HostTables : Tables, levels);
        if (kind != StructureKind.Legacy)
            Fixture.SetPasid(Number, Entry);
    }

    public UnitFixture Fixture { get; }

    /// <summary>The level of the entry, 2 to 5.</summary>
    public int Level { get; }

    public PasidEntry Entry { get; }

    public static Pasid Pasid => Number;

    /// <summary>A second address of the entry, with another entry of the next level.</summary>
    public ulong Neighbour => Input ^ 1UL << TranslationTables.ShiftOf(Level - 1);

    /// <summary>Gets a value indicating whether the entry is of a first stage.</summary>
    public bool IsFirstStage => _kind is StructureKind.First or StructureKind.Nested;

    private PasidPrefix Prefix => _kind == StructureKind.Legacy ? default : new PasidPrefix(Number);

    /// <summary>Creates a unit before the first walk.</summary>
    public static StructureFixture Of(StructureKind kind, int level = 2, UnitOptions? options = null) => new(kind, level, options);

    /// <summary>Creates a unit that has used the entry, which software has changed since.</summary>
    public static StructureFixture Changed(StructureKind kind, int level = 2, UnitOptions? options = null)
    {
        StructureFixture fixture = Of(kind, level, options);
        Assert.Equal(Before, fixture.Output(Input));
        fixture.Change();
        fixture.Fixture.EnableQueue();
        return fixture;
    }

    /// <summary>The address and the value of the entry.</summary>
    public ulong this[int level]
    {
        get => _tables[Input, level];
        set => _tables[Input, level] = value;
    }

    public void Change() => _tables[Input, Level] = _other[Input, Level];

    public ulong Output(ulong address, RequesterId? device = null) => Fixture.Output(DmaAccess.Read, address, Prefix, device);

    public FaultReason Fault(DmaAccess access, ulong address) => Fixture.Fault(access, address, Prefix);

    /// <summary>Returns true if a request to the second address still uses the cached entry. The request fills the cache, so call this once.</summary>
    public bool IsCached() => Output(Neighbour) == Before;

    public void Dispose() => Fixture.Dispose();

    private static PasidGrantType GrantOf(StructureKind kind) => kind switch
    {
        StructureKind.First => PasidGrantType.FirstStage,
        StructureKind.Second => PasidGrantType.SecondStage,
        _ => PasidGrantType.Nested,
    };

    private void MapGuest()
    {
        PageTables host = new(new TablePages(Fixture.Memory, HostTables), Level == 5 ? 5 : 4, EntryBits.ReadWrite);
        for (ulong page = Tables; page < OtherTables + 0x1_0000; page += 0x1000)
            host.Map(page, page + Offset);
        foreach (ulong page in (ulong[])[Before, After])
            host.Map(page, page);
    }
}
