using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The invalidations that software must make after each change (VT-d 6.5.3.3, Table 28), and each granularity of Tables 23 and 24. After all steps the checker
/// reports nothing. Without a step, or with a smaller invalidation in its place, the checker reports the use of a stale entry.
/// </summary>
public sealed class InvalidationGuidanceTests
{
    private const ulong Page = CheckedUnit.Page;
    private const PasidGrantType First = PasidGrantType.FirstStage;
    private const PasidGrantType Second = PasidGrantType.SecondStage;
    private const PasidGrantType Nested = PasidGrantType.Nested;
    private static readonly DomainId Domain = CheckedUnit.Domain;
    private static readonly Pasid Pasid = CheckedUnit.Number;
    private static readonly Pasid RidPasid = CheckedUnit.RidPasid;
    private static readonly Descriptor DeviceTlb = Descriptor.DeviceTlb(UnitFixture.Device, 0x7FFF_FFFF_FFFF_F001);
    private static readonly Descriptor DeviceTlbOfOther = Descriptor.DeviceTlb(UnitFixture.Device, CheckedUnit.OtherPage);
    private static readonly Descriptor PasidDeviceTlbOfOther = Descriptor.PasidDeviceTlb(UnitFixture.Device, Pasid, CheckedUnit.OtherPage);
    private static readonly Descriptor PasidDeviceTlb = Descriptor.PasidDeviceTlb(UnitFixture.Device, Pasid, 0x7FFF_FFFF_FFFF_F800);

    private static readonly Row[] s_rows =
    [
        // Tables 23 and 24, with the device TLB.
        new("Table 23: global", () => CheckedUnit.Of(Second), unit => unit.ChangeTables(2), new(Descriptor.AllTranslations, Descriptor.Domain(new(8))), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 23: domain", () => CheckedUnit.Of(Second), unit => unit.ChangeTables(2), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page).WithHint()), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 23: page", () => CheckedUnit.Of(Second), unit => unit.ChangeTables(1), new(Descriptor.Pages(Domain, Page).WithHint(), Descriptor.Pages(Domain, Page + 0x1000)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 23: page, IH clear", () => CheckedUnit.Of(Second), unit => unit.ChangeTables(2), new(Descriptor.Pages(Domain, Page, 1), Descriptor.Pages(Domain, Page, 1).WithHint()), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 23: first stage by page", () => CheckedUnit.Of(First), unit => unit.ChangeTables(2), new(Descriptor.Pages(Domain, 0), Descriptor.Pages(new(8), Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 24: PASID", () => CheckedUnit.Of(First), unit => unit.ChangeTables(2), new(Descriptor.Pasid(Domain, Pasid), Descriptor.PasidPages(Domain, Pasid, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 24: page", () => CheckedUnit.Of(First), unit => unit.ChangeTables(1), new(Descriptor.PasidPages(Domain, Pasid, Page).WithHint(), Descriptor.PasidPages(Domain, Pasid, Page + 0x1000)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("Table 24: page, IH clear", () => CheckedUnit.Of(First), unit => unit.ChangeTables(2), new(Descriptor.PasidPages(Domain, Pasid, Page, 1), Descriptor.PasidPages(Domain, Pasid, Page, 1).WithHint()), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),

        // Table 28, scalable mode.
        new("root entry", () => CheckedUnit.Of(First), unit => unit.Store(UnitFixture.Root, CheckedUnit.OtherContexts | 1),
            new(Descriptor.AllContexts, Descriptor.ContextOf(UnitFixture.OtherDevice)), new(Descriptor.AllPasids, Descriptor.PasidsOf(new(8))),
            new(Descriptor.AllTranslations, Descriptor.Domain(new(8))), new(DeviceTlbOfAll, PasidDeviceTlbOfOther)),
        new("context entry", () => CheckedUnit.Of(First), unit => unit.Store(UnitFixture.Context, unit.Fixture.Word(CheckedUnit.OtherContexts + 0x10 * 32)),
            new(Descriptor.ContextOf(UnitFixture.Device), Descriptor.ContextOf(UnitFixture.OtherDevice)), new(Descriptor.PasidsOf(Domain), Descriptor.PasidsOf(new(8))),
            new(Descriptor.Domain(Domain), Descriptor.Domain(new(8))), new(DeviceTlbOfAll, PasidDeviceTlbOfOther)),
        new("PASID directory entry", () => CheckedUnit.Of(Second), unit => unit.Store(UnitFixture.PasidDirectory, CheckedUnit.OtherPasidTable | 1),
            new(Descriptor.PasidEntry(Domain, Pasid), Descriptor.PasidEntry(Domain, RidPasid)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("P of RID_PASID's entry, second stage", () => CheckedUnit.Of(Second, withPasid: false), Clear,
            new(Descriptor.PasidEntry(Domain, RidPasid), Descriptor.PasidEntry(Domain, Pasid)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page)), new(DeviceTlb, DeviceTlbOfOther)) { Later = Redirect },
        new("P of RID_PASID's entry, first stage", () => CheckedUnit.Of(First, withPasid: false), Clear,
            new(Descriptor.PasidEntry(Domain, RidPasid), Descriptor.PasidEntry(Domain, Pasid)), new(Descriptor.Pasid(Domain, RidPasid), Descriptor.PasidPages(Domain, RidPasid, Page)), new(DeviceTlb, DeviceTlbOfOther)) { Later = Redirect },
        new("P of another entry, second stage", () => CheckedUnit.Of(Second), Clear,
            new(Descriptor.PasidEntry(Domain, Pasid), Descriptor.PasidEntry(Domain, RidPasid)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)) { Later = Redirect },
        new("P of another entry, first stage", () => CheckedUnit.Of(First), Clear,
            new(Descriptor.PasidEntry(Domain, Pasid), Descriptor.PasidEntry(Domain, RidPasid)), new(Descriptor.Pasid(Domain, Pasid), Descriptor.PasidPages(Domain, Pasid, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)) { Later = Redirect },
        new("SSADE of RID_PASID's entry", () => CheckedUnit.Of(Second, withPasid: false), KeepDirty,
            new(Descriptor.PasidEntry(Domain, RidPasid), Descriptor.PasidEntry(Domain, Pasid)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page)), new(DeviceTlb, DeviceTlbOfOther)),
        new("SSADE of another entry", () => CheckedUnit.Of(Second), KeepDirty,
            new(Descriptor.PasidEntry(Domain, Pasid), Descriptor.PasidEntry(Domain, RidPasid)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("SSADE of a nested entry", () => CheckedUnit.Of(Nested), KeepDirty,
            new(Descriptor.PasidEntry(Domain, Pasid), Descriptor.PasidEntry(Domain, RidPasid)), new(Descriptor.Domain(Domain), Descriptor.PasidPages(Domain, Pasid, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("fields of RID_PASID's entry", () => CheckedUnit.Of(First, withPasid: false), Redirect,
            new(Descriptor.PasidEntry(Domain, RidPasid), Descriptor.PasidEntry(Domain, Pasid)), new(Descriptor.Pasid(Domain, RidPasid), Descriptor.PasidPages(Domain, RidPasid, Page)), new(DeviceTlb, DeviceTlbOfOther)),
        new("fields of another entry", () => CheckedUnit.Of(First), Redirect,
            new(Descriptor.PasidEntry(Domain, Pasid), Descriptor.PasidEntry(Domain, RidPasid)), new(Descriptor.Pasid(Domain, Pasid), Descriptor.PasidPages(Domain, Pasid, Page)), new(PasidDeviceTlb, PasidDeviceTlbOfOther)),
        new("reused domain id", () => CheckedUnit.Of(Second), unit =>
        {
            Clear(unit);
            unit.StoreEntry(unit.Elsewhere(unit.Entry), new Pasid(9));
        }, new(Descriptor.PasidsOf(Domain), Descriptor.PasidEntry(Domain, new(9))), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page).WithHint()), new(DeviceTlbOfAll, PasidDeviceTlbOfOther))
        { AlsoUses = new(9) },
        new("first-stage table", () => CheckedUnit.Of(First, withPasid: false), unit => unit.ChangeTables(2),
            new(Descriptor.PasidPages(Domain, RidPasid, Page, 1), Descriptor.PasidPages(Domain, RidPasid, Page, 1).WithHint()), new(DeviceTlb, DeviceTlbOfOther)),
        new("second-stage table", () => CheckedUnit.Of(Second, withPasid: false), unit => unit.ChangeTables(3),
            new(Descriptor.Pages(Domain, Page, 1), Descriptor.Pages(Domain, Page, 1).WithHint()), new(DeviceTlb, DeviceTlbOfOther)),

        // Table 28, legacy mode.
        new("legacy second-stage table", CheckedUnit.Legacy, unit => unit.ChangeTables(2),
            new(Descriptor.Pages(Domain, Page, 1), Descriptor.Pages(Domain, Page, 1).WithHint()), new(DeviceTlb, DeviceTlbOfOther)),
        new("legacy root entry", CheckedUnit.Legacy, unit => unit.Store(UnitFixture.Root, CheckedUnit.OtherContexts | 1),
            new(Descriptor.AllContexts, Descriptor.ContextsOf(new(8))), new(Descriptor.AllTranslations, Descriptor.Domain(new(8))), new(DeviceTlb, DeviceTlbOfOther)),
        new("legacy context entry", CheckedUnit.Legacy, unit => unit.Store(UnitFixture.LegacyContext, unit.Future.Top | 1 << 2 | 1),
            new(Descriptor.ContextOf(UnitFixture.Device, Domain), Descriptor.ContextOf(UnitFixture.OtherDevice, Domain)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page).WithHint()), new(DeviceTlb, DeviceTlbOfOther)),
        new("legacy domain id used again", CheckedUnit.Legacy, unit =>
        {
            unit.StoreContext(UnitFixture.Device, unit.Future.Top, new DomainId(8));
            unit.StoreContext(UnitFixture.OtherDevice, unit.Future.Top, Domain);
        }, new(Descriptor.ContextsOf(Domain), Descriptor.ContextOf(UnitFixture.OtherDevice, Domain)), new(Descriptor.Domain(Domain), Descriptor.Pages(Domain, Page).WithHint()), new(DeviceTlb, DeviceTlbOfOther))
        { AlsoUsedBy = UnitFixture.OtherDevice },
    ];

    public static TheoryData<string> Rows { get; } = [.. s_rows.Select(row => row.Name)];

    /// <summary>A row, the index of a step, and true if a smaller step replaces it; false if the step is omitted.</summary>
    public static TheoryData<string, int, bool> Shortcuts { get; } =
    [
        .. from row in s_rows
           from step in Enumerable.Range(0, row.Steps.Length)
           from replaced in (bool[])[false, true]
           where row.IsPossible(step, replaced)
           select (row.Name, step, replaced),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    [Specification("6.5.3.3/9")]
    public void Complete_invalidation_leaves_no_stale_entry(string name)
    {
        Row row = s_rows.Single(row => row.Name == name);

        Assert.Empty(FindingsOf(row, row.Steps.Select(step => step.Needed)));
    }

    [Theory]
    [MemberData(nameof(Shortcuts))]
    [Specification("6.5.3.3/9")]
    public void Incomplete_invalidation_is_reported(string name, int step, bool replaced)
    {
        Row row = s_rows.Single(row => row.Name == name);
        List<Descriptor> steps = [.. row.Steps.Select(step => step.Needed)];
        if (replaced)
            steps[step] = row.Steps[step].Smaller!.Value;
        else
            steps.RemoveAt(step);

        Assert.NotEmpty(FindingsOf(row, steps));
    }

    [Theory]
    [InlineData(First, "cached PDE")]
    [InlineData(Second, "cached SS-PDE")]
    public void A_walk_that_begins_at_a_stale_entry_is_reported_as_one(PasidGrantType grant, string name)
    {
        using CheckedUnit unit = CheckedUnit.Of(grant);
        unit.ChangeTables(2);
        unit.Fixture.Submit((grant == First ? Descriptor.PasidPages(Domain, Pasid, Page, 1) : Descriptor.Pages(Domain, Page, 1)).WithHint(), PasidDeviceTlb);
        unit.Use();

        Assert.Contains(unit.Checker.Findings, finding => finding.Kind == FindingKind.StaleStructure && finding.Text.Contains(name, StringComparison.Ordinal));
    }

    private static Descriptor DeviceTlbOfAll => Descriptor.PasidDeviceTlb(UnitFixture.Device, Pasid, 0x7FFF_FFFF_FFFF_F800) with { High = 0x7FFF_FFFF_FFFF_F801 };

    private static void Clear(CheckedUnit unit) => unit.StoreEntry(default);

    private static void Redirect(CheckedUnit unit) => unit.StoreEntry(unit.Elsewhere(unit.Entry));

    private static void KeepDirty(CheckedUnit unit) => unit.StoreEntry(unit.Entry with { SecondStageAccessedDirtyEnable = true });

    private static IReadOnlyList<Finding> FindingsOf(Row row, IEnumerable<Descriptor> steps)
    {
        using CheckedUnit unit = row.Create();
        row.Change(unit);
        foreach (Descriptor step in steps)
            unit.Fixture.Submit(step);
        Assert.Empty(unit.Fixture.Reports);
        row.Later?.Invoke(unit);
        unit.Use();
        if (row.AlsoUses is { } pasid)
            unit.Use(new PasidPrefix(pasid));
        if (row.AlsoUsedBy is { } device)
            unit.UseBy(device);
        return unit.Checker.Findings;
    }

    private sealed record Step(Descriptor Needed, Descriptor? Smaller = null);

    private sealed record Row(string Name, Func<CheckedUnit> Create, Action<CheckedUnit> Change, params Step[] Steps)
    {
        /// <summary>A second PASID that uses the pages after the change, or null.</summary>
        public Pasid? AlsoUses { get; init; }

        /// <summary>A second device that uses the pages after the change, or null.</summary>
        public RequesterId? AlsoUsedBy { get; init; }

        /// <summary>The action of software between the invalidation and the next use of the pages, or null.</summary>
        public Action<CheckedUnit>? Later { get; init; }

        public bool IsPossible(int step, bool replaced) => !replaced || Steps[step].Smaller is not null;
    }
}
