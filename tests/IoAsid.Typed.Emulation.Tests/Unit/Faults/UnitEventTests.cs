using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The three interrupts of the unit (VT-d 6.5.2.10, 7.3, 7.5). An interrupt is sent when the first cause occurs, is pending while masked, and is no longer
/// pending when software clears the causes.
/// </summary>
public sealed class UnitEventTests
{
    private const uint Masked = 1u << 31;
    private const uint PendingBit = 1u << 30;

    /// <summary>The fault, invalidation and page request events: the offset of the control register, the cause, and the clear of the cause.</summary>
    public static TheoryData<uint> Events => [0x38, 0xA0, 0xE0];

    [Theory]
    [MemberData(nameof(Events))]
    [Specification("11.4.9.5/1", "11.4.11.5/1")]
    public void Event_is_masked_after_reset(uint control)
    {
        using UnitFixture fixture = Make();
        Assert.Equal(Masked, fixture.Registers.Read32(control));
        Cause(fixture, control);

        Assert.Empty(fixture.Interrupts);
        Assert.Equal(Masked | PendingBit, fixture.Registers.Read32(control));
    }

    [Theory]
    [MemberData(nameof(Events))]
    [Specification("6.5.2.10/1", "6.5.2.10/2", "7.3/1", "7.3/2", "7.5/3", "11.4.7.2/2", "11.4.9.5/1", "11.4.11.5/1")]
    public void Unmasked_event_is_sent_once_until_its_cause_is_cleared(uint control)
    {
        using UnitFixture fixture = Make();
        Unmask(fixture, control);
        Cause(fixture, control);
        Cause(fixture, control);
        Assert.Equal([Expected], fixture.Interrupts);
        Assert.Equal(0u, fixture.Registers.Read32(control));

        ClearCause(fixture, control);
        Cause(fixture, control);
        Assert.Equal([Expected, Expected], fixture.Interrupts);
    }

    [Theory]
    [MemberData(nameof(Events))]
    [Specification("6.5.2.10/3", "7.3/3", "7.5/4")]
    public void Masked_event_is_sent_when_the_mask_is_cleared(uint control)
    {
        using UnitFixture fixture = Make();
        Cause(fixture, control);
        Unmask(fixture, control);

        Assert.Equal([Expected], fixture.Interrupts);
        Assert.Equal(0u, fixture.Registers.Read32(control));
    }

    [Theory]
    [MemberData(nameof(Events))]
    [Specification("6.5.2.10/4", "7.3/4", "7.5/5")]
    public void Masked_event_is_not_sent_after_its_cause_is_cleared(uint control)
    {
        using UnitFixture fixture = Make();
        Cause(fixture, control);
        ClearCause(fixture, control);
        Assert.Equal(Masked, fixture.Registers.Read32(control));
        Unmask(fixture, control);

        Assert.Empty(fixture.Interrupts);
    }

    [Fact]
    [Specification("7.3/4", "11.4.7.2/2")]
    public void Fault_event_is_pending_until_all_causes_are_cleared()
    {
        using UnitFixture fixture = Make();
        Unmask(fixture, 0x38);
        Cause(fixture, 0x38);
        fixture.Submit(new Descriptor(0xF));
        Assert.Equal(1u << 1 | 1 << 4, fixture.Registers.Read32(0x34));
        Assert.Single(fixture.Interrupts);

        // The fault is cleared, but the queue error is pending, so a new fault raises no event.
        ClearCause(fixture, 0x38);
        Cause(fixture, 0x38);
        Assert.Single(fixture.Interrupts);

        fixture.Registers.Write32(0x34, 1 << 4);
        ClearCause(fixture, 0x38);
        Cause(fixture, 0x38);
        Assert.Equal(2, fixture.Interrupts.Count);
    }

    /// <summary>The causes of the fault event other than a record, and their bits in FSTS.</summary>
    public static TheoryData<string, uint> FaultCauses => new() { { "overflow", 1 << 0 }, { "queue error", 1 << 4 }, { "completion error", 1 << 5 }, { "time-out", 1 << 6 } };

    [Theory]
    [MemberData(nameof(FaultCauses))]
    [Specification("7.3/1", "7.3/2", "7.3/3", "7.3/4")]
    public void Fault_event_follows_each_of_its_causes(string cause, uint bit)
    {
        using UnitFixture fixture = Make();
        CauseFault(fixture, cause);
        Assert.Equal((bit, Masked | PendingBit), (fixture.Registers.Read32(0x34) & 0x7F, fixture.Registers.Read32(0x38)));

        // A record is written and cleared, but the other cause is still pending.
        Cause(fixture, 0x38);
        ClearCause(fixture, 0x38);
        fixture.Registers.Write32(0x34, 0);
        Assert.Equal(Masked | PendingBit, fixture.Registers.Read32(0x38));
        Unmask(fixture, 0x38);
        Cause(fixture, 0x38);
        ClearCause(fixture, 0x38);
        Assert.Single(fixture.Interrupts);

        fixture.Registers.Write32(0x34, bit);
        Cause(fixture, 0x38);
        Assert.Equal(2, fixture.Interrupts.Count);
    }

    [Theory]
    [MemberData(nameof(FaultCauses))]
    [Specification("7.3/4")]
    public void Clearing_the_cause_clears_a_masked_fault_event(string cause, uint bit)
    {
        using UnitFixture fixture = Make();
        CauseFault(fixture, cause);
        fixture.Registers.Write32(0x34, bit);

        Assert.Equal(Masked, fixture.Registers.Read32(0x38));
    }

    [Fact]
    [Specification("7.3/1")]
    public void Queue_errors_raise_fault_events()
    {
        using UnitFixture fixture = Make();
        Unmask(fixture, 0x38);
        fixture.Submit(new Descriptor(0xF));

        Assert.Equal([Expected], fixture.Interrupts);
    }

    private static InterruptMessage Expected => new(0xFEE0_1004, 0x1234);

    private static UnitFixture Make()
    {
        UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue();
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        fixture.PassThrough(new Pasid(5));
        foreach (uint control in Events.Select(row => row.Data))
        {
            fixture.Registers.Write32(control + 4, 0x1234);
            fixture.Registers.Write32(control + 8, 0xFEE0_1004);
        }

        return fixture;
    }

    private static void Unmask(UnitFixture fixture, uint control) => fixture.Registers.Write32(control, 0);

    private static void Cause(UnitFixture fixture, uint control)
    {
        switch (control)
        {
            case 0x38:
                _ = fixture.Translate(DmaAccess.Read, 0x1000);
                break;
            case 0xA0:
                fixture.Submit(Descriptor.WaitInterrupt);
                break;
            default:
                fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, 3, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5))));
                fixture.RunBriefly();
                break;
        }
    }

    private static void CauseFault(UnitFixture fixture, string cause)
    {
        switch (cause)
        {
            case "queue error":
                fixture.Submit(new Descriptor(0xF));
                break;
            case "completion error":
                fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, 1));
                break;
            case "time-out":
                fixture.Completes = false;
                fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
                fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
                break;
            default:
                for (int fault = 0; fault < 5; fault++)
                    Cause(fixture, 0x38);
                ClearCause(fixture, 0x38);
                break;
        }
    }

    private static void ClearCause(UnitFixture fixture, uint control)
    {
        switch (control)
        {
            case 0x38:
                for (int index = 0; index < 4; index++)
                    fixture.ClearRecord(index);
                break;
            case 0xA0:
                fixture.Registers.Write32(0x9C, 1);
                break;
            default:
                fixture.Registers.Write32(0xDC, 1);
                break;
        }
    }
}
