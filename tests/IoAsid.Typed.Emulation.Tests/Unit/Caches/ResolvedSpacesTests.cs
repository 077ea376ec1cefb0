using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The address spaces of recent requests are exactly those to which the context cache and the PASID cache lead.</summary>
public sealed class ResolvedSpacesTests
{
    private static readonly RequesterKey Key = new(UnitFixture.Device, new Pasid(5));

    private readonly TaggedCache<RequesterKey, ScalableContextEntry> _contexts = new(4);
    private readonly TaggedCache<RequesterKey, AddressSpaceContext> _pasids = new(4);
    private readonly ResolvedSpaces _resolved;

    public ResolvedSpacesTests()
    {
        _contexts.Add(Key, default);
        _pasids.Add(Key, default);
        _resolved = new ResolvedSpaces(_contexts, _pasids);
        _resolved.Add(QueryOf(new PasidPrefix(new Pasid(5))), new AddressSpaceContext { Domain = UnitFixture.Domain });
    }

    public static TheoryData<string> Changes => ["context added", "context removed", "contexts cleared", "PASID added", "PASID removed", "PASIDs cleared", "cleared"];

    [Fact]
    public void A_request_finds_the_address_space_of_the_request_before() =>
        Assert.Equal(UnitFixture.Domain, _resolved.Find(QueryOf(new PasidPrefix(new Pasid(5)))).Domain);

    [Fact]
    public void Another_request_finds_nothing() => Assert.Multiple(
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(6)))),
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5 + 16)))),
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5), execute: true))),
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5), privileged: true))),
        () => AssertNotFound(QueryOf(default)),
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5))) with { Requester = UnitFixture.OtherDevice }),
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5))) with { AddressType = AddressType.TranslationRequest }),
        () => AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5))) with { AddressType = AddressType.Translated }));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Nothing_is_found_after_a_change_of_a_cache(string change)
    {
        Change(change);
        AssertNotFound(QueryOf(new PasidPrefix(new Pasid(5))));
    }

    [Fact]
    public void A_unit_whose_translation_is_disabled_uses_no_address_space()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Output(DmaAccess.Read);
        space.Fixture.Clear(1u << 31);

        Assert.Equal(TranslationKind.Identity, space.Fixture.Translate(DmaAccess.Read, SpaceFixture.Input, SpaceFixture.Prefix).Kind);
    }

    [Fact]
    public void A_new_root_table_in_legacy_mode_blocks_the_PASID()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.With((CapabilityRegister register) => register with { SetRootTableFlushes = false }));
        space.Output(DmaAccess.Read);
        space.Fixture.SetRoot(UnitFixture.Root);

        Assert.Equal(FaultReason.PasidInLegacyMode, space.Fault(DmaAccess.Read));
    }

    [Fact]
    public void An_interrupt_of_a_requester_with_an_address_space_is_no_memory_request()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.PassThrough(new Pasid(0));
        Assert.Equal(TranslationKind.Identity, fixture.Translate(DmaAccess.Write, 0x1000).Kind);

        Assert.Equal(TranslationKind.Interrupt, fixture.Translate(DmaAccess.Write, InterruptRange.First).Kind);
    }

    private void Change(string change)
    {
        switch (change)
        {
            case "context added":
                _contexts.Add(new RequesterKey(UnitFixture.OtherDevice, default), default);
                break;
            case "context removed":
                _contexts.RemoveIf(Key, default(Always<ScalableContextEntry>));
                break;
            case "contexts cleared":
                _contexts.Clear();
                break;
            case "PASID added":
                _pasids.Add(new RequesterKey(UnitFixture.Device, new Pasid(6)), default);
                break;
            case "PASID removed":
                _pasids.RemoveWhere(default(Always<AddressSpaceContext>));
                break;
            case "PASIDs cleared":
                _pasids.Clear();
                break;
            default:
                _resolved.Clear();
                break;
        }
    }

    private void AssertNotFound(TranslationQuery query) => Assert.True(Unsafe.IsNullRef(in _resolved.Find(query)), query.ToString());

    private static TranslationQuery QueryOf(PasidPrefix prefix) => TranslationQuery.Of(new DmaRequest(UnitFixture.Device, SpaceFixture.Input, DmaAccess.Read, prefix));

    private readonly struct Always<TValue> : ICacheCondition<RequesterKey, TValue>
    {
        public bool Holds(RequesterKey key, in TValue value) => true;
    }
}
