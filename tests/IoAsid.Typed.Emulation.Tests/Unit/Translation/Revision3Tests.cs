using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Execute requests exist in revision 3. Later revisions have no ECAP.ERS and reserve ERE (VT-d 9.6), so all execute requests are blocked as without it (VT-d 7.1.3, SGN.5).
/// </summary>
public sealed class Revision3Tests
{
    private static UnitOptions Revision3 => UnitFixture.Options with
    {
        Capabilities = VtdCapabilities.Everything with
        {
            Revision = VtdRevision.Three,
            ExtendedCapability = VtdCapabilities.Everything.ExtendedCapability with { ExecuteRequests = true },
        },
    };

    [Theory]
    // 5Ch: ERE is clear. 82h: XD with NXE, or SMEP and a user page for a supervisor request.
    [InlineData(false, false, false, false, false, FaultReason.ExecuteRequestsDisabled)]
    [InlineData(true, false, false, false, false, FaultReason.None)]
    [InlineData(true, true, false, false, false, FaultReason.None)]
    [InlineData(true, true, false, true, false, FaultReason.ExecuteDenied)]
    [InlineData(true, false, true, false, true, FaultReason.ExecuteDenied)]
    [InlineData(true, false, true, false, false, FaultReason.None)]
    // XD is reserved while NXE is clear, like on a processor.
    [InlineData(true, false, false, true, false, FaultReason.FirstStageEntryReserved)]
    public void Execute_requests_need_an_executable_page(
        bool enable, bool noExecute, bool prevent, bool disabled, bool supervisor, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(Revision3, change: entry => entry with
        {
            SupervisorRequestEnable = true,
            ExecuteRequestEnable = enable,
            NoExecuteEnable = noExecute,
            SupervisorExecutePrevention = prevent,
        });
        space.Tables[SpaceFixture.Input] |= disabled ? EntryBits.ExecuteDisable : 0;

        Assert.Equal(expected, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true, privileged: supervisor)));
    }

    [Fact]
    public void Without_ERS_execute_requests_are_blocked()
    {
        UnitOptions options = UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { Revision = VtdRevision.Three } };
        using SpaceFixture space = SpaceFixture.OfFirstStage(options, change: entry => entry with { ExecuteRequestEnable = true });

        Assert.Equal(FaultReason.ExecuteRequestsDisabled, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true)));
    }

    [Theory]
    [InlineData(true, true, false, false, (int)(PageRights.NoExecute | PageRights.SupervisorNoExecute))]
    [InlineData(true, false, true, false, (int)PageRights.SupervisorNoExecute)]
    [InlineData(true, false, true, true, (int)PageRights.None)]
    [InlineData(true, true, true, true, (int)(PageRights.NoExecute | PageRights.SupervisorNoExecute))]
    [InlineData(true, false, false, false, (int)PageRights.None)]
    // Revision 4.1 ignores NXE, SMEP and XD.
    [InlineData(false, true, false, false, (int)PageRights.None)]
    [InlineData(false, false, true, false, (int)PageRights.None)]
    public void Rights_to_execute_follow_NXE_and_SMEP(bool revision3, bool noExecute, bool prevent, bool ofSupervisor, int expected)
    {
        const PageRights OfExecution = PageRights.NoExecute | PageRights.SupervisorNoExecute;
        using SpaceFixture space = SpaceFixture.OfFirstStage(revision3 ? Revision3 : UnitFixture.Options, change: entry => entry with
        {
            SupervisorRequestEnable = true,
            NoExecuteEnable = noExecute,
            SupervisorExecutePrevention = prevent,
        });
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | (ofSupervisor ? 0b011UL : 0b111) | (noExecute ? EntryBits.ExecuteDisable : 0);
        Translation read = space.Fixture.Translate(DmaAccess.Read, SpaceFixture.Input, SpaceFixture.Supervisor);

        Assert.Equal((TranslationKind.Mapped, (PageRights)expected), (read.Kind, read.Rights & OfExecution));
    }

    [Theory]
    [InlineData(false, (int)PageRights.None)]
    [InlineData(true, (int)PageRights.SupervisorNoExecute)]
    public void With_NXE_an_executable_page_obeys_SMEP(bool prevent, int expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(Revision3, change: entry => entry with { NoExecuteEnable = true, SupervisorExecutePrevention = prevent });
        Translation read = space.Fixture.Translate(DmaAccess.Read, SpaceFixture.Input, SpaceFixture.Prefix);

        Assert.Equal((PageRights)expected, read.Rights & (PageRights.NoExecute | PageRights.SupervisorNoExecute));
    }

    [Fact]
    public void A_page_cached_for_a_user_obeys_SMEP_for_a_supervisor()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(Revision3, change: entry => entry with
        {
            SupervisorRequestEnable = true,
            ExecuteRequestEnable = true,
            SupervisorExecutePrevention = true,
        });

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true)));
        Assert.Equal(FaultReason.ExecuteDenied, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true, privileged: true)));
        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true)));
    }

    [Fact]
    public void Revision_4_1_blocks_all_execute_requests()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with
        {
            SupervisorRequestEnable = true,
            NoExecuteEnable = true,
            SupervisorExecutePrevention = true,
        });
        space.Tables[SpaceFixture.Input] |= EntryBits.ExecuteDisable;

        Assert.Equal(FaultReason.ExecuteRequestsDisabled, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true)));
        Assert.Equal(FaultReason.ExecuteRequestsDisabled, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true, privileged: true)));
        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Read));
    }

    [Fact]
    public void In_revision_4_1_ERE_is_a_reserved_bit()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { ExecuteRequestEnable = true });

        Assert.Equal(FaultReason.PasidEntryReserved, space.Fault(DmaAccess.Read));
    }

    [Fact]
    [Specification("7.1.3/14")]
    public void From_major_version_8_execute_requests_have_their_own_reason()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { MajorVersion = 8 } });

        Assert.Equal(FaultReason.ExecuteRequested, space.Fault(DmaAccess.Read, new PasidPrefix(SpaceFixture.Pasid, execute: true)));
    }
}
