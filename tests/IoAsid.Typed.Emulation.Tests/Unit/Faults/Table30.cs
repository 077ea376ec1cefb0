using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A row of Table 30.</summary>
/// <param name="Condition">The condition code, with a variant behind it.</param>
/// <param name="Reason">The fault reason.</param>
/// <param name="IsQualified">True if FPD suppresses the record.</param>
/// <param name="Columns">
/// The result of each request, in the order of <see cref="FaultingRequest"/>: UR, CA, IR, a pair of digits for R and W, 0 for Success without rights, and a dash if the
/// condition does not apply to the request.
/// </param>
/// <param name="Make">The constructor of a unit with the condition.</param>
internal sealed record Table30Row(string Condition, FaultReason Reason, bool IsQualified, string Columns, Func<FaultingUnit> Make)
{
    public string this[FaultingRequest request] => Columns.Split(' ')[(int)request];

    public bool IsLegacy => Condition[0] == 'L';
}

/// <summary>
/// Table 30 of VT-d 7.1.3, without the rows that the unit does not model: SSIRWE, host permission tables, and translated requests that use a PASID entry, which need
/// host permission tables.
/// </summary>
internal static class Table30
{
    private const ulong BeyondHost = 1UL << 50;
    private const ulong Interrupts = 0xFEE0_1000;

    public static IReadOnlyList<Table30Row> Rows { get; } =
    [
        new("LRT.1", FaultReason.RootAccess, false, "UR - CA - UR - - -", () => Legacy(unit => unit.Fixture.SetRoot(UnitFixture.Hole))),
        new("LRT.2", FaultReason.RootNotPresent, false, "UR - UR - UR - - -", () => Legacy(unit => unit.Fixture.Set(UnitFixture.Root, 0))),
        new("LRT.3", FaultReason.RootReserved, false, "UR - CA - UR - - -", () => Legacy(unit => unit.Fixture.Set(UnitFixture.Root, UnitFixture.Contexts | 0b11))),
        new("LCT.1", FaultReason.ContextAccess, false, "UR - CA - UR - - -", () => Legacy(unit => unit.Fixture.Set(UnitFixture.Root, UnitFixture.Hole | 1))),
        new("LCT.2", FaultReason.ContextNotPresent, true, "UR - UR - UR - - -", () => Legacy(unit => unit.Fixture.Set(UnitFixture.LegacyContext, 0))),
        new("LCT.3", FaultReason.ContextReserved, true, "UR - CA - UR - - -", () => Legacy(unit => Or(unit, UnitFixture.LegacyContext, 1 << 5))),
        new("LCT.4.1", FaultReason.ContextInvalid, true, "UR - CA - UR - - -", () => Legacy(unit => Or(unit, UnitFixture.LegacyContext + 8, 7))),
        new("LCT.4.2", FaultReason.ContextInvalid, true, "UR - CA - UR - - -", () => Legacy(unit => Or(unit, UnitFixture.LegacyContext, 3 << 2))),
        new("LCT.4.3", FaultReason.ContextInvalid, true, "UR - CA - - - - -", () => Legacy(unit => unit.Fixture.Set(UnitFixture.LegacyContext, UnitFixture.Hole | 0b101))),
        new("LCT.5", FaultReason.RequestTypeBlocked, true, "- - UR - UR - - -", () => Legacy(unit => unit.Fixture.Set(UnitFixture.LegacyContext, unit.Second.Top | 1))),
        new("LSS.1", FaultReason.PagingEntryAccess, true, "UR - CA - - - - -", () => Legacy(unit => unit.Second[unit.Address, 2] = UnitFixture.Hole | 0b11)),
        new("LSS.2", FaultReason.PagingEntryReserved, true, "UR - CA - - - - -", () => Legacy(unit => unit.Second[unit.Address] |= BeyondHost)),
        new("LGN.1.1", FaultReason.AddressBeyondWidth, true, "UR - 0 - - - - -", () => Legacy(unit => unit.Address = BeyondHost)),
        new("LGN.1.2", FaultReason.AddressBeyondWidth, true, "- - - - UR - - -", () => Legacy(unit => unit.TranslatedAddress = BeyondHost)),
        new("LGN.1.3", FaultReason.AddressBeyondWidth, true, "UR - - - - - - -", () => Legacy(unit =>
        {
            unit.Fixture.Set(UnitFixture.LegacyContext, 2 << 2 | 1);
            unit.Address = BeyondHost;
        })),
        new("LGN.2", FaultReason.WriteDenied, true, "UR - 10 - - - - -", () => Legacy(unit =>
        {
            unit.Second[unit.Address] = FaultingUnit.Output | 0b01;
            unit.Writes = true;
        })),
        new("LGN.3", FaultReason.ReadDenied, true, "UR - 01 - - - - -", () => Legacy(unit => unit.Second[unit.Address] = FaultingUnit.Output | 0b10)),
        new("LGN.4", FaultReason.InterruptRangeOutput, true, "UR - CA - - - - -", () => Legacy(unit => unit.Second[unit.Address] = Interrupts | 0b11)),
        new("LGN.4 2 MiB", FaultReason.InterruptRangeOutput, true, "- - CA - - - - -", () => Legacy(unit => unit.Second[unit.Address, 2] = 0xFEE0_0000 | 0b11 | EntryBits.PageSize)),
        new("LGN.4 1 GiB", FaultReason.InterruptRangeOutput, true, "- - CA - - - - -", () => Legacy(unit => unit.Second[unit.Address, 3] = 0xC000_0000 | 0b11 | EntryBits.PageSize)),
        new("LGN.4 translated", FaultReason.InterruptRangeOutput, true, "- - - - UR - - -", () => Legacy(unit => unit.TranslatedAddress = Interrupts)),

        new("RTA.1.1", FaultReason.RootTableAddressInvalid, false, "UR UR CA CA UR UR IR -", () => Scalable(
            unit => unit.Fixture.SetRoot(UnitFixture.Root | 3 << 10), options: Lacking(ecap => ecap with { AbortDma = false }))),
        new("RTA.1.2", FaultReason.RootTableAddressInvalid, false, "UR UR CA CA UR UR IR -", () => Scalable(unit => unit.Fixture.SetRoot(UnitFixture.Root | 2 << 10))),
        // Page requests need scalable mode themselves.
        new("RTA.1.3", FaultReason.RootTableAddressInvalid, false, "UR UR CA CA UR - - -", () => Scalable(
            _ => { }, options: UnitFixture.Options with { Capabilities = VtdCapabilities.LegacyOnly })),
        new("RTA.2", FaultReason.PasidInLegacyMode, false, "- UR - UR - UR - -", () => Legacy(_ => { })),
        new("RTA.3", FaultReason.PageRequestInLegacyMode, false, "- - - - - - IR -", () => Legacy(_ => { })),
        new("RTA.4", FaultReason.AbortDmaMode, false, "UR UR UR UR UR UR IR -", () => Scalable(unit => unit.Fixture.SetRoot(UnitFixture.Root | 3 << 10))),
        new("RTA.5", FaultReason.ExecuteRequested, false, "- UR - UR - UR - -", () => Scalable(unit => unit.Executes = true, options: Major8)),

        new("SRT.1", FaultReason.ScalableRootAccess, false, "UR UR CA CA UR UR IR -", () => Scalable(unit => unit.Fixture.SetRoot(UnitFixture.Hole | 1 << 10))),
        new("SRT.2", FaultReason.ScalableRootNotPresent, false, "UR UR UR UR UR UR IR -", () => Scalable(unit => unit.Fixture.Set(UnitFixture.Root, 0))),
        new("SRT.3", FaultReason.ScalableRootReserved, false, "UR UR CA CA UR UR IR -", () => Scalable(unit => Or(unit, UnitFixture.Root, 1 << 4))),
        new("SCT.1", FaultReason.ScalableContextAccess, false, "UR UR CA CA UR UR IR -", () => Scalable(unit => unit.Fixture.Set(UnitFixture.Root, UnitFixture.Hole | 1))),
        new("SCT.2", FaultReason.ScalableContextNotPresent, true, "UR UR UR UR UR UR IR -", () => Scalable(unit => unit.SetContext(FaultingUnit.Enables & ~1UL))),
        new("SCT.3", FaultReason.ScalableContextReserved, true, "UR UR CA CA UR UR IR -", () => Scalable(unit => Or(unit, UnitFixture.Context + 24, 1))),
        new("SCT.4.1", FaultReason.ScalableContextInvalid, true, "UR UR CA CA UR UR IR -", () => Scalable(unit => unit.SetContext(FaultingUnit.Enables & ~UnitFixture.DeviceTlbEnable))),
        new("SCT.4.2", FaultReason.ScalableContextInvalid, true, "UR UR CA CA UR UR IR -", () => Scalable(unit => unit.SetContext(FaultingUnit.Enables, 1 << 13))),
        new("SCT.4.3", FaultReason.ScalableContextInvalid, true, "UR - CA - UR UR IR -", () => Scalable(unit => unit.SetContext(FaultingUnit.Enables & ~UnitFixture.PasidEnable))),
        new("SCT.5", FaultReason.DeviceTlbDisabled, true, "- - UR UR UR UR - -", () => Scalable(
            unit => unit.SetContext(FaultingUnit.Enables & ~(UnitFixture.DeviceTlbEnable | UnitFixture.PageRequestEnable)))),
        new("SCT.6", FaultReason.PasidDisabled, true, "- UR - UR - - IR -", () => Scalable(
            unit => unit.SetContext(FaultingUnit.Enables & ~(UnitFixture.PasidEnable | FaultingUnit.EnablePasidInTranslated)))),
        new("SCT.7", FaultReason.PasidBeyondDirectory, true, "- UR - UR - UR IR -", () => Scalable(unit => unit.Pasid = new(1 << 13))),
        new("SCT.8", FaultReason.PageRequestDisabled, true, "- - - - - - IR -", () => Scalable(unit => unit.SetContext(FaultingUnit.Enables & ~UnitFixture.PageRequestEnable))),
        new("SCT.9", FaultReason.RidPasidInvalid, true, "- UR - UR - UR IR -", () => Scalable(unit => unit.Pasid = FaultingUnit.RidPasid)),
        new("SCT.10", FaultReason.PasidInTranslatedRequestsDisabled, true, "- - - - - UR - -", () => Scalable(
            unit => unit.SetContext(FaultingUnit.Enables & ~FaultingUnit.EnablePasidInTranslated))),
        new("SPD.1", FaultReason.PasidDirectoryAccess, false, "UR UR CA CA - - IR -", () => Scalable(
            unit => unit.SetContext(FaultingUnit.Enables & ~UnitFixture.PasidDirectory | UnitFixture.Hole))),
        new("SPD.2", FaultReason.PasidDirectoryNotPresent, true, "UR UR 0 0 - - IR -", () => Scalable(unit => unit.Fixture.Set(UnitFixture.PasidDirectory, 0))),
        new("SPD.3", FaultReason.PasidDirectoryReserved, true, "UR UR CA CA - - IR -", () => Scalable(unit => Or(unit, UnitFixture.PasidDirectory, 1 << 5))),
        new("SPT.1", FaultReason.PasidTableAccess, false, "UR UR CA CA - - IR -", () => Scalable(unit => unit.Fixture.Set(UnitFixture.PasidDirectory, UnitFixture.Hole | 1))),
        new("SPT.2", FaultReason.PasidEntryNotPresent, true, "UR UR 0 0 - - IR -", () => Scalable(unit => unit.SetEntry(entry => entry with { Present = false }))),
        new("SPT.3", FaultReason.PasidEntryReserved, true, "UR UR CA CA - - IR -", () => Scalable(unit =>
        {
            Or(unit, UnitFixture.PasidTable + 5 * 64 + 56, 1);
            Or(unit, UnitFixture.PasidTable + FaultingUnit.RidPasid.Value * 64 + 56, 1);
        })),
        new("SPT.4.1", FaultReason.PasidEntryInvalid, true, "UR UR CA CA - - IR -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { AddressWidth = (AddressWidth)5 }), PasidGrantType.SecondStage)),
        .. Grants(),
        new("SPT.4.3", FaultReason.PasidEntryInvalid, true, "UR UR CA CA - - IR -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { FirstStagePagingMode = FirstStagePagingMode.FiveLevel }),
            options: Changed(cap => cap with { FiveLevelPaging = false }))),
        new("SPT.4.4", FaultReason.PasidEntryInvalid, true, "UR UR CA CA - - IR -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { FirstStageTable = 1UL << 40 }), PasidGrantType.Nested)),
        new("SPT.5", FaultReason.ExecuteRequestsDisabled, true, "- UR - 0 - - - -", () => Scalable(unit => unit.Executes = true)),
        new("SPT.6", FaultReason.SupervisorRequestsDisabled, true, "UR UR 0 0 - - - -", () => Scalable(unit =>
        {
            unit.IsPrivileged = true;
            unit.SetContext(FaultingUnit.Enables, FaultingUnit.RidPasid.Value | FaultingUnit.RidPrivilege);
        })),

        new("SFS.1", FaultReason.FirstStageEntryAccess, true, "UR UR 0 0 - - - -", () => Scalable(unit => unit.First[unit.Address, 2] = UnitFixture.Hole | EntryBits.User)),
        new("SFS.2", FaultReason.FirstStageEntryNotPresent, true, "UR UR 0 0 - - - -", () => Scalable(unit => unit.First[unit.Address] = 0)),
        new("SFS.3", FaultReason.FirstStageEntryReserved, true, "UR UR 0 0 - - - -", () => Scalable(unit => unit.First[unit.Address] |= BeyondHost)),
        new("SFS.4", FaultReason.FirstStageTableAccess, true, "UR UR 0 0 - - - -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { FirstStageTable = UnitFixture.Hole }))),
        new("SFS.5", FaultReason.NestedAddressBeyondGuestWidth, true, "UR UR 0 0 - - - -", () => Scalable(
            unit => unit.First[unit.Address] = 1UL << 40 | EntryBits.User, PasidGrantType.Nested)),
        new("SFS.6", FaultReason.NestedTableReadDenied, true, "UR UR 0 0 - - - -", () => Scalable(unit => Guest(unit, 0, 0b10), PasidGrantType.Nested)),
        new("SFS.7", FaultReason.NestedEntryReadDenied, true, "UR UR 0 0 - - - -", () => Scalable(unit => Guest(unit, 1, 0b10), PasidGrantType.Nested)),
        new("SFS.8", FaultReason.NestedEntryWriteDenied, true, "UR UR 0 0 - - - -", () => Scalable(unit => Guest(unit, 1, 0b01), PasidGrantType.Nested)),
        new("SFS.9", FaultReason.FirstStageUpdateNoSnoop, true, "UR UR 0 0 - - - -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { PageWalkSnoop = false }))),
        new("SFS.10", FaultReason.FirstStageUpdateFailed, true, "UR UR 0 0 - - - -", () => Scalable(Race)),

        new("SSS.1", FaultReason.SecondStageEntryAccess, true, "UR UR CA CA - - - -", () => Scalable(
            unit => unit.Second[unit.Address, 2] = UnitFixture.Hole | 0b11, PasidGrantType.SecondStage)),
        new("SSS.2", FaultReason.SecondStageEntryNotPresent, true, "UR UR 0 0 - - - -", () => Scalable(
            unit => unit.Second[unit.Address] = FaultingUnit.Output, PasidGrantType.SecondStage)),
        new("SSS.2 over all levels", FaultReason.SecondStageEntryNotPresent, true, "UR UR 0 0 - - - -", () => Scalable(unit =>
        {
            unit.Second[unit.Address, 2] &= ~0b10UL;
            unit.Second[unit.Address] &= ~0b01UL;
        }, PasidGrantType.SecondStage)),
        new("SSS.3", FaultReason.SecondStageEntryReserved, true, "UR UR CA CA - - - -", () => Scalable(
            unit => unit.Second[unit.Address] |= BeyondHost, PasidGrantType.SecondStage)),
        new("SSS.4", FaultReason.SecondStageTableAccess, true, "UR UR CA CA - - - -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { SecondStageTable = UnitFixture.Hole }), PasidGrantType.SecondStage)),
        new("SSS.5", FaultReason.SecondStageUpdateNoSnoop, true, "UR UR CA CA - - - -", () => Scalable(
            unit => unit.SetEntry(entry => entry with { PageWalkSnoop = false }), PasidGrantType.SecondStage)),
        new("SSS.6", FaultReason.SecondStageUpdateFailed, true, "UR UR CA CA - - - -", () => Scalable(Race, PasidGrantType.SecondStage)),

        new("SGN.1", FaultReason.NotCanonical, true, "UR UR 0 0 - - - -", () => Scalable(unit => unit.Address = 1UL << 47)),
        new("SGN.2", FaultReason.UserDenied, true, "UR UR 0 0 - - - -", () => Scalable(unit => unit.First[unit.Address] = FaultingUnit.Output | 0b011)),
        new("SGN.4.1", FaultReason.AddressBeyondHostWidth, true, "- - - - UR UR - -", () => Scalable(unit => unit.TranslatedAddress = BeyondHost)),
        new("SGN.4.2", FaultReason.AddressBeyondHostWidth, true, "UR UR 0 0 - - - -", () => Scalable(unit => unit.Address = BeyondHost, PasidGrantType.PassThrough)),
        new("SGN.5", FaultReason.SecondStageAddressBeyondWidth, true, "UR UR 0 0 - - - -", () => Scalable(
            unit => unit.Address = BeyondHost, PasidGrantType.SecondStage)),
        new("SGN.6", FaultReason.ScalableWriteDenied, true, "UR UR 10 10 - - - -", () => Scalable(unit =>
        {
            unit.First[unit.Address] = FaultingUnit.Output | 0b101;
            unit.Writes = true;
        })),
        new("SGN.7", FaultReason.ScalableReadDenied, true, "UR UR 01 01 - - - -", () => Scalable(
            unit => unit.Second[unit.Address] = FaultingUnit.Output | 0b10, PasidGrantType.SecondStage)),
        new("SGN.8.1", FaultReason.ScalableInterruptRange, true, "UR UR - - - - - -", () => Scalable(unit => unit.First[unit.Address] = Interrupts | EntryBits.User)),
        .. InterruptPages(),
        new("SGN.8.3", FaultReason.ScalableInterruptRange, true, "- - - - UR UR - -", () => Scalable(unit => unit.TranslatedAddress = Interrupts)),
        new("SGN.10", FaultReason.PasidTooWide, true, "- UR - UR - UR - -", () => Scalable(
            unit => unit.Pasid = new(0x15), options: Lacking(ecap => ecap with { PasidSize = 3 }))),
        new("SRT.3 other half", FaultReason.ScalableRootReserved, false, "UR UR CA CA UR UR IR -", () => Scalable(unit => Or(unit, UnitFixture.Root + 8, 1 << 4 | 1))),
    ];

    private static UnitOptions Major8 => FaultingUnit.Options with { Capabilities = FaultingUnit.Options.Capabilities with { MajorVersion = 8 } };

    public static Table30Row Of(string condition) => Rows.Single(row => row.Condition == condition);

    private static IEnumerable<Table30Row> Grants() =>
        from grant in (int[])[0, 1, 2, 3, 4, 5, 6, 7]
        let options = grant switch
        {
            1 => Lacking(ecap => ecap with { FirstStage = false, Nested = false, ExtendedAccessed = false }, cap => cap with { FiveLevelPaging = false, OneGigabyteFirstStagePages = false }),
            2 => Lacking(ecap => ecap with { SecondStage = false, Nested = false, SecondStageAccessedDirty = false }),
            3 => Lacking(ecap => ecap with { Nested = false }),
            4 => Lacking(ecap => ecap with { PassThrough = false }),
            _ => FaultingUnit.Options,
        }
        select new Table30Row($"SPT.4.2 PGTT {grant}", FaultReason.PasidEntryInvalid, true, "UR UR CA CA - - IR -", () => Scalable(
            unit => unit.SetEntry(entry => Existing(entry, options.Capabilities) with { GrantType = (PasidGrantType)grant }), options: options));

    // Fields of a stage that the unit lacks are reserved.
    private static PasidEntry Existing(PasidEntry entry, in VtdCapabilities capabilities) => entry with
    {
        FirstStageTable = capabilities.FirstStage ? entry.FirstStageTable : 0,
        SecondStageTable = capabilities.SecondStage ? entry.SecondStageTable : 0,
        AddressWidth = capabilities.SecondStage ? entry.AddressWidth : AddressWidth.Invalid,
        SecondStageAccessedDirtyEnable = capabilities.SecondStage && entry.SecondStageAccessedDirtyEnable,
    };

    // An output page around the interrupt range is blocked like a page inside it (SGN.8.2).
    private static IEnumerable<Table30Row> InterruptPages() =>
        from grant in (PasidGrantType[])[PasidGrantType.FirstStage, PasidGrantType.SecondStage]
        from page in ((int Level, ulong Output)[])[(1, Interrupts), (2, 0xFEE0_0000), (3, 0xC000_0000)]
        select new Table30Row($"SGN.8.2 {grant} level {page.Level}", FaultReason.ScalableInterruptRange, true, "- - CA CA - - - -", () => Scalable(unit =>
        {
            ulong entry = page.Output | (page.Level > 1 ? EntryBits.PageSize : 0);
            if (grant == PasidGrantType.FirstStage)
                unit.First[unit.Address, page.Level] = entry | EntryBits.User;
            else
                unit.Second[unit.Address, page.Level] = entry | EntryBits.ReadWrite;
        }, grant));

    private static FaultingUnit Legacy(Action<FaultingUnit> breaks)
    {
        FaultingUnit unit = FaultingUnit.Legacy();
        breaks(unit);
        return unit;
    }

    private static FaultingUnit Scalable(Action<FaultingUnit> breaks, PasidGrantType grant = PasidGrantType.FirstStage, UnitOptions? options = null)
    {
        FaultingUnit unit = FaultingUnit.Scalable(grant, options);
        breaks(unit);
        return unit;
    }

    private static UnitOptions Changed(Func<CapabilityRegister, CapabilityRegister> change) => Lacking(ecap => ecap, change);

    private static UnitOptions Lacking(
        Func<ExtendedCapabilityRegister, ExtendedCapabilityRegister> change, Func<CapabilityRegister, CapabilityRegister>? changeCapability = null) =>
        FaultingUnit.Options with
        {
            Capabilities = FaultingUnit.Options.Capabilities with
            {
                ExtendedCapability = change(FaultingUnit.Options.Capabilities.ExtendedCapability),
                Capability = changeCapability is null ? FaultingUnit.Options.Capabilities.Capability : changeCapability(FaultingUnit.Options.Capabilities.Capability),
            },
        };

    private static void Or(FaultingUnit unit, ulong place, ulong bits) => unit.Fixture.Set(place, unit.Fixture.Word(place) | bits);

    // The second-stage rights of the pages of first-stage tables, where 0 is the top table.
    private static void Guest(FaultingUnit unit, int table, ulong rights)
    {
        ulong page = unit.First.Top + (ulong)table * 4096;
        unit.Second[page] = unit.Second[page] & ~0b11UL | rights;
    }

    // Software changes an ignored bit of each entry directly before accessed and dirty bits are set.
    private static void Race(FaultingUnit unit) => unit.Fixture.OnTableAccess(access =>
    {
        if (access.IsUpdate)
            unit.Fixture.Set(access.Address, unit.Fixture.Word(access.Address) ^ 1UL << 52);
    });
}
