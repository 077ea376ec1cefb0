using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Invalidations of device TLBs (VT-d 6.5.2.5, 6.5.2.6): messages, credits, later waits, timeouts and unexpected completions.</summary>
public sealed class DeviceTlbTests
{
    private const uint CompletionError = 1 << 5;
    private const uint TimeoutError = 1 << 6;

    [Fact]
    [Specification("4.1.4/1", "4.3/1", "4.3/7", "6.5.2.5/1", "6.5.2.6/1", "6.5.2.6/2")]
    public void Invalidate_request_has_the_fields_of_its_descriptor()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device, 0x1234_5000));
        fixture.Submit(Descriptor.PasidDeviceTlb(UnitFixture.Device, new Pasid(0xF_1234), 0x7FFF_F000 | 1 << 11));
        fixture.Submit(new Descriptor(0x8 | (ulong)UnitFixture.OtherDevice.Value << 16 | 5UL << 32, 1));

        Assert.Equal(
            [
                new(UnitFixture.Device, 0, 0x1234_5000),
                new(UnitFixture.Device, 1, 0x7FFF_F800, new PasidPrefix(new Pasid(0xF_1234))),
                new(UnitFixture.OtherDevice, 0, 0, new PasidPrefix(default), AllPasids: true),
            ],
            fixture.Invalidations);
    }

    [Fact]
    [Specification("4.3/3", "6.5.2.12/4", "6.5.2.12/5", "7.8/1")]
    public void A_wait_completes_when_all_invalidations_before_it_have()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(
            Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.DeviceTlb(UnitFixture.OtherDevice), Descriptor.Wait(UnitFixture.Status, 1),
            Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 2));
        Assert.Equal((160UL, 0UL), (Head(fixture), fixture.Word(UnitFixture.Status)));

        Complete(fixture, 2);
        Complete(fixture, 0);
        Assert.Equal(0UL, fixture.Word(UnitFixture.Status));
        Complete(fixture, 1);
        Assert.Equal(2UL, fixture.Word(UnitFixture.Status));
    }

    [Fact]
    [Specification("6.5.2.12/5")]
    public void A_wait_does_not_wait_for_later_invalidations()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 1), Descriptor.DeviceTlb(UnitFixture.OtherDevice));
        Complete(fixture, 0);

        Assert.Equal(1UL, fixture.Word(UnitFixture.Status));
    }

    [Fact]
    [Specification("6.5.2.11/5")]
    public void Each_invalidation_has_its_own_timeout()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.OtherDevice));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal(TimeoutError, fixture.Registers.Read32(0x34) & TimeoutError);
        fixture.Registers.Write32(0x34, TimeoutError);

        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Equal(TimeoutError, fixture.Registers.Read32(0x34) & TimeoutError);
    }

    [Fact]
    [Specification("4.3/1")]
    public void An_outstanding_tag_is_not_reused()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        for (int tag = 1; tag < 32; tag++)
        {
            fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
            Complete(fixture, tag);
        }

        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));

        Assert.Equal(1, fixture.Invalidations[^1].Tag);
    }

    [Fact]
    [Specification("6.5.2.9/4")]
    public void A_fence_delays_later_descriptors()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 1, fence: true), Descriptor.DeviceTlb(UnitFixture.OtherDevice));
        Assert.Equal((64UL, 1), (Head(fixture), fixture.Invalidations.Count));

        Complete(fixture, 0);
        Assert.Equal((96UL, 2), (Head(fixture), fixture.Invalidations.Count));
    }

    [Theory]
    // With ECAP.DIT, MIP limits the invalidations of all functions with one PFSID. Without, PFSID is reserved, and each function has its own limit.
    [InlineData(true, true, 1)]
    [InlineData(true, false, 2)]
    [InlineData(false, false, 2)]
    [Specification("6.5.2.5/3", "6.5.2.6/5")]
    public void MIP_limits_a_physical_function_and_its_virtual_functions(bool throttles, bool sameFunction, int expected)
    {
        foreach (bool withPasid in (bool[])[false, true])
        {
            using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => ecap with { DeviceTlbThrottling = throttles }));
            fixture.EnableQueue();
            fixture.Completes = false;
            foreach (RequesterId device in (RequesterId[])[UnitFixture.Device, UnitFixture.OtherDevice])
            {
                Descriptor descriptor = withPasid ? Descriptor.PasidDeviceTlb(device, new Pasid(5), pending: 1) : Descriptor.DeviceTlb(device, pending: 1);
                ulong function = throttles ? sameFunction ? 0x1230UL : device.Value : 0;
                fixture.Submit(descriptor with { Low = descriptor.Low | (function & 0xF) << 12 | (function >> 4) << 52 });
            }

            Assert.Equal(expected, fixture.Invalidations.Count);
            Complete(fixture, 0);
            Assert.Equal(2, fixture.Invalidations.Count);
            Assert.Empty(fixture.Reports);
        }
    }

    [Fact]
    [Specification("4.3/2")]
    public void A_device_has_32_tags_for_all_its_physical_functions()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => ecap with { DeviceTlbThrottling = true }));
        fixture.EnableQueue();
        fixture.Completes = false;
        for (ulong function = 1; function <= 33; function++)
        {
            Descriptor descriptor = Descriptor.DeviceTlb(UnitFixture.Device);
            fixture.Submit(descriptor with { Low = descriptor.Low | (function & 0xF) << 12 | (function >> 4) << 52 });
        }

        Assert.Equal(32, fixture.Invalidations.Count);
        Complete(fixture, 5);
        Assert.Equal((33, 5), (fixture.Invalidations.Count, fixture.Invalidations[^1].Tag));
    }

    [Theory]
    // MIP is the maximum number of outstanding invalidations of one device, and 0 is 32 (VT-d 6.5.2.5).
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(31, 31)]
    [InlineData(0, 32)]
    [Specification("4.3/2", "6.5.2.5/3")]
    public void A_device_gets_no_more_invalidations_than_its_credit(int pending, int expected)
    {
        using UnitFixture fixture = Make();
        for (int sent = 0; sent < 40; sent++)
            fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device, pending: pending));
        fixture.Submit(Descriptor.Wait(UnitFixture.Status, 1));
        Assert.Equal((expected, expected), (fixture.Invalidations.Count, fixture.Invalidations.Select(sent => sent.Tag).Distinct().Count()));

        for (int done = 0; done < 40; done++)
            Complete(fixture, done);
        Assert.Equal((40, 1UL), (fixture.Invalidations.Count, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void Each_device_has_its_own_credit()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device, pending: 1), Descriptor.DeviceTlb(UnitFixture.OtherDevice, pending: 1));

        Assert.Equal(2, fixture.Invalidations.Count);
    }

    [Fact]
    [Specification("4.3/6", "6.5.2.11/5", "6.5.2.11/6")]
    public void A_timeout_aborts_pending_waits_and_records_the_device()
    {
        using UnitFixture fixture = Make();
        fixture.Registers.Write32(0x38, 0);
        fixture.Submit(
            Descriptor.DeviceTlb(UnitFixture.OtherDevice), Descriptor.Wait(UnitFixture.Status, 1), Descriptor.Wait(UnitFixture.Status + 8, 1), Descriptor.WaitInterrupt);
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(98));
        Assert.Equal(0u, fixture.Registers.Read32(0x34));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(5));

        Assert.Equal((TimeoutError, (ulong)UnitFixture.OtherDevice.Value), (fixture.Registers.Read32(0x34), fixture.Registers.Read64(0xB0) >> 32 & 0xFFFF));
        Assert.Multiple(
            () => Assert.Equal(0UL, fixture.Word(UnitFixture.Status)),
            () => Assert.Equal(0UL, fixture.Word(UnitFixture.Status + 8)),
            () => Assert.Equal(0u, fixture.Registers.Read32(0x9C)));
        Assert.Single(fixture.Interrupts);

        // Nothing is fetched until ITE is cleared. Then the aborted waits stay aborted, and new descriptors are executed.
        fixture.Submit(Descriptor.Wait(UnitFixture.Status + 16, 1));
        Assert.Equal((128UL, 0UL), (Head(fixture), fixture.Word(UnitFixture.Status + 16)));
        fixture.Registers.Write32(0x34, TimeoutError);
        fixture.RunBriefly();
        Assert.Multiple(
            () => Assert.Equal(160UL, Head(fixture)),
            () => Assert.Equal(1UL, fixture.Word(UnitFixture.Status + 16)),
            () => Assert.Equal(0UL, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void A_queue_that_waits_for_credit_continues_after_a_timeout()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device, pending: 1), Descriptor.DeviceTlb(UnitFixture.Device, pending: 1));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Assert.Equal((32UL, 1), (Head(fixture), fixture.Invalidations.Count));

        fixture.Registers.Write32(0x34, TimeoutError);
        fixture.RunBriefly();
        Assert.Equal((64UL, 2), (Head(fixture), fixture.Invalidations.Count));
    }

    [Fact]
    public void A_late_completion_does_not_complete_the_next_invalidation()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        fixture.Registers.Write32(0x34, TimeoutError);
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 1));
        fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, 1u << fixture.Invalidations[0].Tag));
        fixture.RunBriefly();

        Assert.Equal((1u << 5, 0UL), (fixture.Registers.Read32(0x34), fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void A_queue_disabled_while_waiting_for_credit_restarts_empty()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device, pending: 1), Descriptor.DeviceTlb(UnitFixture.Device, pending: 1));
        fixture.Clear(1u << 26);
        fixture.StoredTail = 0;
        fixture.EnableQueue();
        fixture.Submit(Descriptor.AllContexts);

        Assert.Equal(32UL, Head(fixture));
    }

    [Theory]
    [InlineData(0b1u, true, false)]
    [InlineData(0b10u, true, true)]
    [InlineData(0b1u, false, true)]
    [InlineData(0b11u, true, true)]
    [Specification("4.3/5", "6.5.2.11/4")]
    public void An_unexpected_completion_is_an_error_that_names_the_device(uint tags, bool byTarget, bool unexpected)
    {
        RequesterId device = byTarget ? UnitFixture.Device : UnitFixture.OtherDevice;
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Unit.Receive(new InvalidateCompletionMessage(device, tags));

        Assert.Equal(
            (unexpected ? CompletionError : 0, unexpected ? device.Value : 0UL),
            (fixture.Registers.Read32(0x34), fixture.Registers.Read64(0xB0) >> 48));

        // ICE does not stop the queue.
        fixture.Submit(Descriptor.AllContexts);
        Assert.Equal(64UL, Head(fixture));
    }

    [Fact]
    [Specification("4.2.1/5")]
    public void Completions_are_unsupported_while_translation_is_disabled()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue();
        fixture.Completes = false;
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 1));
        fixture.Clear(1u << 31);
        fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, 1));
        fixture.RunBriefly();
        Assert.Equal(0UL, fixture.Word(UnitFixture.Status));

        fixture.Command(1u << 31);
        fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, 1));
        fixture.RunBriefly();
        Assert.Equal(1UL, fixture.Word(UnitFixture.Status));
    }

    [Fact]
    public void A_completion_after_its_timeout_is_unexpected()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Complete(fixture, 0);

        Assert.Equal(TimeoutError | CompletionError, fixture.Registers.Read32(0x34));
    }

    [Fact]
    public void Pending_waits_of_a_disabled_queue_never_complete()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 1));
        fixture.Clear(1u << 26);
        Complete(fixture, 0);

        Assert.Equal(0UL, fixture.Word(UnitFixture.Status));
    }

    [Fact]
    [Specification("6.5.2.11/7", "11.4.9.9/8")]
    public void Pending_errors_name_the_first_device_and_completions_still_count()
    {
        RequesterId third = new(0x20);
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.OtherDevice), Descriptor.DeviceTlb(third));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal(TimeoutError, fixture.Registers.Read32(0x34));

        // The second device completes in time and the third does not. The record keeps the first device.
        Complete(fixture, 1);
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal((TimeoutError, (ulong)UnitFixture.Device.Value), (fixture.Registers.Read32(0x34), fixture.Registers.Read64(0xB0) >> 32 & 0xFFFF));
        Complete(fixture, 1);
        Complete(fixture, 2);
        Assert.Equal(
            (TimeoutError | CompletionError, (ulong)UnitFixture.OtherDevice.Value),
            (fixture.Registers.Read32(0x34), fixture.Registers.Read64(0xB0) >> 48));

        fixture.Registers.Write32(0x34, TimeoutError | CompletionError);
        Complete(fixture, 2);
        Assert.Equal(third.Value, fixture.Registers.Read64(0xB0) >> 48);
    }

    [Fact]
    public void A_disposed_unit_has_no_timeouts()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Unit.Dispose();
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(200));

        Assert.Equal(0u, fixture.Registers.Read32(0x34));
    }

    [Fact]
    public void A_queue_fenced_by_an_aborted_wait_continues()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device), Descriptor.Wait(UnitFixture.Status, 1, fence: true));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        fixture.Registers.Write32(0x34, TimeoutError);
        fixture.Submit(Descriptor.AllContexts);

        Assert.Equal((96UL, 0UL), (Head(fixture), fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void Errors_of_devices_are_reported_by_name()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.DeviceTlb(UnitFixture.Device));
        fixture.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Assert.Contains($"{UnitFixture.Device} exceeded the timeout", Assert.Single(fixture.Reports), StringComparison.Ordinal);

        Complete(fixture, 0);
        Assert.Equal(2, fixture.Reports.Count);
        Assert.Contains($"{UnitFixture.Device} completed", fixture.Reports[1], StringComparison.Ordinal);
    }

    private static UnitFixture Make()
    {
        UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Completes = false;
        fixture.EnableQueue();
        return fixture;
    }

    private static ulong Head(UnitFixture fixture) => fixture.Registers.Read64(0x80);

    private static void Complete(UnitFixture fixture, int sent)
    {
        InvalidateRequestMessage message = fixture.Invalidations[sent];
        fixture.Unit.Receive(new InvalidateCompletionMessage(message.Target, 1u << message.Tag));
        fixture.RunBriefly();
    }
}
