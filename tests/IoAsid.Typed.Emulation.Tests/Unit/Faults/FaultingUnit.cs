using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The requests of the columns of Table 30 (VT-d 7.1.3), in their order.</summary>
public enum FaultingRequest
{
    Untranslated,
    UntranslatedWithPasid,
    Translation,
    TranslationWithPasid,
    Translated,
    TranslatedWithPasid,
    PageRequest,
    PageRequestWithoutResponse,
}

/// <summary>
/// A unit of revision 5.0 on which all requests of Table 30 succeed until a test changes the unit or its tables. Requests with and without a PASID use one
/// address space. With nested translation the second stage has 39 bits.
/// </summary>
internal sealed class FaultingUnit : IDisposable
{
    public const ulong EnablePasidInTranslated = 1 << 6;
    public const ulong Enables =
        UnitFixture.PasidDirectory | UnitFixture.DeviceTlbEnable | UnitFixture.PasidEnable | UnitFixture.PageRequestEnable | EnablePasidInTranslated | 1;

    public const ulong Output = 0x50_0000;
    public const ulong RidPrivilege = 1 << 20;
    public static readonly Pasid RidPasid = new(6);

    private const ulong FirstTop = 0x20_0000;
    private const ulong SecondTop = 0x28_0000;
    private const ulong Offset = 0x400_0000;
    private static readonly Pasid Number = new(5);

    private FaultingUnit(UnitFixture fixture) => Fixture = fixture;

    public static UnitOptions Options { get; } = UnitFixture.Options with
    {
        Capabilities = VtdCapabilities.Everything with
        {
            Revision = VtdRevision.Five0,
            ExtendedCapability = VtdCapabilities.Everything.ExtendedCapability with { PasidInTranslatedRequests = true },
        },
    };

    public UnitFixture Fixture { get; }

    public PageTables First { get; private init; } = null!;

    public PageTables Second { get; private init; } = null!;

    public PasidEntry Entry { get; private init; }

    /// <summary>The address of the requests. For translated requests it is the output address.</summary>
    public ulong Address { get; set; } = 0x1234_5000;

    public ulong TranslatedAddress { get; set; } = Output;

    public Pasid Pasid { get; set; } = Number;

    public bool Executes { get; set; }

    public bool IsPrivileged { get; set; }

    public bool Writes { get; set; }

    public static FaultingUnit Scalable(PasidGrantType grant = PasidGrantType.FirstStage, UnitOptions? options = null)
    {
        UnitFixture fixture = UnitFixture.InScalableMode(options ?? Options);
        fixture.SetContext(UnitFixture.Device, Enables, RidPasid.Value);
        bool nested = grant == PasidGrantType.Nested;
        FaultingUnit unit = new(fixture)
        {
            First = new PageTables(new TablePages(fixture.Memory, FirstTop, nested ? Offset : 0), 4, EntryBits.User),
            Second = new PageTables(new TablePages(fixture.Memory, SecondTop), nested ? 3 : 4, EntryBits.ReadWrite),
            Entry = UnitFixture.EntryOf(grant, FirstTop, SecondTop) with
            {
                AddressWidth = nested ? AddressWidth.Bits39 : AddressWidth.Bits48,
                SecondStageAccessedDirtyEnable = true,
            },
        };
        if (grant == PasidGrantType.SecondStage)
            unit.Second.Map(unit.Address, Output);
        else
            unit.First.Map(unit.Address, Output);
        if (nested)
        {
            for (ulong table = FirstTop; table < FirstTop + 0x4000; table += 0x1000)
                unit.Second.Map(table, table + Offset);
            unit.Second.Map(Output, Output);
        }

        unit.SetEntry(entry => entry);
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        return unit;
    }

    public static FaultingUnit Legacy()
    {
        UnitFixture fixture = UnitFixture.InLegacyMode(SecondTop, Options);
        FaultingUnit unit = new(fixture) { Second = new PageTables(new TablePages(fixture.Memory, SecondTop), 4, EntryBits.ReadWrite) };
        fixture.Set(UnitFixture.LegacyContext, SecondTop | 1 << 2 | 1);
        unit.Second.Map(unit.Address, Output);
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        return unit;
    }

    public void SetEntry(Func<PasidEntry, PasidEntry> change)
    {
        Fixture.SetPasid(Number, change(Entry));
        Fixture.SetPasid(RidPasid, change(Entry));
    }

    public void SetContext(ulong low, ulong? high = null) => Fixture.SetContext(UnitFixture.Device, low, high ?? RidPasid.Value);

    /// <summary>Sets FPD of the context entry.</summary>
    public void DisableFaultProcessing(bool legacy)
    {
        ulong place = legacy ? UnitFixture.LegacyContext : UnitFixture.Context;
        Fixture.Set(place, Fixture.Word(place) | 1 << 1);
    }

    /// <summary>Sends a request. Returns the result in the notation of Table 30.</summary>
    public string Send(FaultingRequest request)
    {
        bool hasPasid = request is FaultingRequest.UntranslatedWithPasid or FaultingRequest.TranslationWithPasid or FaultingRequest.TranslatedWithPasid;
        PasidPrefix prefix = hasPasid ? new PasidPrefix(Pasid, Executes, IsPrivileged) : default;
        switch (request)
        {
            case FaultingRequest.Untranslated or FaultingRequest.UntranslatedWithPasid:
                return Name(Move(new DmaRequest(UnitFixture.Device, Address, DmaAccess.Read, prefix)));
            case FaultingRequest.Translated or FaultingRequest.TranslatedWithPasid:
                return Name(Move(new DmaRequest(UnitFixture.Device, TranslatedAddress, DmaAccess.Read, prefix, IsTranslated: true)));
            case FaultingRequest.Translation or FaultingRequest.TranslationWithPasid:
                TranslationEntry[] entries = new TranslationEntry[1];
                CompletionStatus status = Fixture.Unit.Translate(new(UnitFixture.Device, Address, 1, NoWrite: false, prefix), entries, out _);
                return status == CompletionStatus.Success ? RightsOf(entries[0]) : Name(status);
            default:
                // All conditions of a page request without PASID apply to one with a PASID, and three more.
                bool isLast = request == FaultingRequest.PageRequest;
                Fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, Address, 7, Read: true, Write: false, isLast, new PasidPrefix(Pasid)));
                Fixture.RunBriefly();
                return Fixture.Registers.Read64(0xC8) != 0 ? "queued" : Fixture.Responses is [var response] ? $"code {response.Code}" : "dropped";
        }
    }

    public void Dispose() => Fixture.Dispose();

    private CompletionStatus Move(DmaRequest request) =>
        Writes ? Fixture.Unit.Write(request with { Access = DmaAccess.Write }, [1, 2, 3, 4]) : Fixture.Unit.Read(request, new byte[4]);

    private static string RightsOf(TranslationEntry entry) =>
        $"R={(entry.Read ? 1 : 0)} W={(entry.Write ? 1 : 0)} U={(entry.UntranslatedOnly ? 1 : 0)} S={(entry.PageShift > 12 ? 1 : 0)}";

    private static string Name(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => "success",
        CompletionStatus.UnsupportedRequest => "UR",
        _ => "CA",
    };
}
