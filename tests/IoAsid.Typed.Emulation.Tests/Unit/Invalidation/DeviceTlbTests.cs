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
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device, 0x1234_5000));
        bench.Submit(Descriptor.PasidDeviceTlb(UnitBench.Device, new Pasid(0xF_1234), 0x7FFF_F000 | 1 << 11));
        bench.Submit(new Descriptor(0x8 | (ulong)UnitBench.OtherDevice.Value << 16 | 5UL << 32, 1));

        Assert.Equal(
            [
                new(UnitBench.Device, 0, 0x1234_5000),
                new(UnitBench.Device, 1, 0x7FFF_F800, new PasidPrefix(new Pasid(0xF_1234))),
                new(UnitBench.OtherDevice, 0, 0, new PasidPrefix(default), AllPasids: true),
            ],
            bench.Invalidations);
    }

    [Fact]
    [Specification("4.3/3", "6.5.2.12/4", "6.5.2.12/5", "7.8/1")]
    public void A_wait_completes_when_all_invalidations_before_it_have()
    {
        using UnitBench bench = Make();
        bench.Submit(
            Descriptor.DeviceTlb(UnitBench.Device), Descriptor.DeviceTlb(UnitBench.OtherDevice), Descriptor.Wait(UnitBench.Status, 1),
            Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 2));
        Assert.Equal((160UL, 0UL), (Head(bench), bench.Word(UnitBench.Status)));

        Complete(bench, 2);
        Complete(bench, 0);
        Assert.Equal(0UL, bench.Word(UnitBench.Status));
        Complete(bench, 1);
        Assert.Equal(2UL, bench.Word(UnitBench.Status));
    }

    [Fact]
    [Specification("6.5.2.12/5")]
    public void A_wait_does_not_wait_for_later_invalidations()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1), Descriptor.DeviceTlb(UnitBench.OtherDevice));
        Complete(bench, 0);

        Assert.Equal(1UL, bench.Word(UnitBench.Status));
    }

    [Fact]
    [Specification("6.5.2.11/5")]
    public void Each_invalidation_has_its_own_timeout()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));
        bench.Submit(Descriptor.DeviceTlb(UnitBench.OtherDevice));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal(TimeoutError, bench.Registers.Read32(0x34) & TimeoutError);
        bench.Registers.Write32(0x34, TimeoutError);

        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Equal(TimeoutError, bench.Registers.Read32(0x34) & TimeoutError);
    }

    [Fact]
    [Specification("4.3/1")]
    public void An_outstanding_tag_is_not_reused()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        for (int tag = 1; tag < 32; tag++)
        {
            bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
            Complete(bench, tag);
        }

        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));

        Assert.Equal(1, bench.Invalidations[^1].Tag);
    }

    [Fact]
    [Specification("6.5.2.9/4")]
    public void A_fence_delays_later_descriptors()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1, fence: true), Descriptor.DeviceTlb(UnitBench.OtherDevice));
        Assert.Equal((64UL, 1), (Head(bench), bench.Invalidations.Count));

        Complete(bench, 0);
        Assert.Equal((96UL, 2), (Head(bench), bench.Invalidations.Count));
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
        using UnitBench bench = Make();
        for (int sent = 0; sent < 40; sent++)
            bench.Submit(Descriptor.DeviceTlb(UnitBench.Device, pending: pending));
        bench.Submit(Descriptor.Wait(UnitBench.Status, 1));
        Assert.Equal((expected, expected), (bench.Invalidations.Count, bench.Invalidations.Select(sent => sent.Tag).Distinct().Count()));

        for (int done = 0; done < 40; done++)
            Complete(bench, done);
        Assert.Equal((40, 1UL), (bench.Invalidations.Count, bench.Word(UnitBench.Status)));
    }

    [Fact]
    public void Each_device_has_its_own_credit()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device, pending: 1), Descriptor.DeviceTlb(UnitBench.OtherDevice, pending: 1));

        Assert.Equal(2, bench.Invalidations.Count);
    }

    [Fact]
    [Specification("4.3/6", "6.5.2.11/5", "6.5.2.11/6")]
    public void A_timeout_aborts_pending_waits_and_records_the_device()
    {
        using UnitBench bench = Make();
        bench.Registers.Write32(0x38, 0);
        bench.Submit(
            Descriptor.DeviceTlb(UnitBench.OtherDevice), Descriptor.Wait(UnitBench.Status, 1), Descriptor.Wait(UnitBench.Status + 8, 1), Descriptor.WaitInterrupt);
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(98));
        Assert.Equal(0u, bench.Registers.Read32(0x34));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(5));

        Assert.Equal((TimeoutError, (ulong)UnitBench.OtherDevice.Value), (bench.Registers.Read32(0x34), bench.Registers.Read64(0xB0) >> 32 & 0xFFFF));
        Assert.Equal((0UL, 0UL, 0u), (bench.Word(UnitBench.Status), bench.Word(UnitBench.Status + 8), bench.Registers.Read32(0x9C)));
        Assert.Single(bench.Interrupts);

        // Nothing is fetched until ITE is cleared. Then the aborted waits stay aborted, and new descriptors are executed.
        bench.Submit(Descriptor.Wait(UnitBench.Status + 16, 1));
        Assert.Equal((128UL, 0UL), (Head(bench), bench.Word(UnitBench.Status + 16)));
        bench.Registers.Write32(0x34, TimeoutError);
        bench.RunBriefly();
        Assert.Equal((160UL, 1UL, 0UL), (Head(bench), bench.Word(UnitBench.Status + 16), bench.Word(UnitBench.Status)));
    }

    [Fact]
    public void A_queue_that_waits_for_credit_continues_after_a_timeout()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device, pending: 1), Descriptor.DeviceTlb(UnitBench.Device, pending: 1));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Assert.Equal((32UL, 1), (Head(bench), bench.Invalidations.Count));

        bench.Registers.Write32(0x34, TimeoutError);
        bench.RunBriefly();
        Assert.Equal((64UL, 2), (Head(bench), bench.Invalidations.Count));
    }

    [Fact]
    public void A_late_completion_does_not_complete_the_next_invalidation()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        bench.Registers.Write32(0x34, TimeoutError);
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1));
        bench.Unit.Receive(new InvalidateCompletionMessage(UnitBench.Device, 1u << bench.Invalidations[0].Tag));
        bench.RunBriefly();

        Assert.Equal((1u << 5, 0UL), (bench.Registers.Read32(0x34), bench.Word(UnitBench.Status)));
    }

    [Fact]
    public void A_queue_disabled_while_waiting_for_credit_restarts_empty()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device, pending: 1), Descriptor.DeviceTlb(UnitBench.Device, pending: 1));
        bench.Clear(1u << 26);
        bench.StoredTail = 0;
        bench.EnableQueue();
        bench.Submit(Descriptor.AllContexts);

        Assert.Equal(32UL, Head(bench));
    }

    [Theory]
    [InlineData(0b1u, true, false)]
    [InlineData(0b10u, true, true)]
    [InlineData(0b1u, false, true)]
    [InlineData(0b11u, true, true)]
    [Specification("4.3/5", "6.5.2.11/4")]
    public void An_unexpected_completion_is_an_error_that_names_the_device(uint tags, bool byTarget, bool unexpected)
    {
        RequesterId device = byTarget ? UnitBench.Device : UnitBench.OtherDevice;
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Unit.Receive(new InvalidateCompletionMessage(device, tags));

        Assert.Equal(
            (unexpected ? CompletionError : 0, unexpected ? device.Value : 0UL),
            (bench.Registers.Read32(0x34), bench.Registers.Read64(0xB0) >> 48));

        // ICE does not stop the queue.
        bench.Submit(Descriptor.AllContexts);
        Assert.Equal(64UL, Head(bench));
    }

    [Fact]
    [Specification("4.2.1/5")]
    public void Completions_are_unsupported_while_translation_is_disabled()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.EnableQueue();
        bench.Completes = false;
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1));
        bench.Clear(1u << 31);
        bench.Unit.Receive(new InvalidateCompletionMessage(UnitBench.Device, 1));
        bench.RunBriefly();
        Assert.Equal(0UL, bench.Word(UnitBench.Status));

        bench.Command(1u << 31);
        bench.Unit.Receive(new InvalidateCompletionMessage(UnitBench.Device, 1));
        bench.RunBriefly();
        Assert.Equal(1UL, bench.Word(UnitBench.Status));
    }

    [Fact]
    public void A_completion_after_its_timeout_is_unexpected()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Complete(bench, 0);

        Assert.Equal(TimeoutError | CompletionError, bench.Registers.Read32(0x34));
    }

    [Fact]
    public void Pending_waits_of_a_disabled_queue_never_complete()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1));
        bench.Clear(1u << 26);
        Complete(bench, 0);

        Assert.Equal(0UL, bench.Word(UnitBench.Status));
    }

    [Fact]
    [Specification("6.5.2.11/7", "11.4.9.9/8")]
    public void Pending_errors_name_the_first_device_and_completions_still_count()
    {
        RequesterId third = new(0x20);
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));
        bench.Submit(Descriptor.DeviceTlb(UnitBench.OtherDevice), Descriptor.DeviceTlb(third));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal(TimeoutError, bench.Registers.Read32(0x34));

        // The second device completes in time and the third does not. The record keeps the first device.
        Complete(bench, 1);
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal((TimeoutError, (ulong)UnitBench.Device.Value), (bench.Registers.Read32(0x34), bench.Registers.Read64(0xB0) >> 32 & 0xFFFF));
        Complete(bench, 1);
        Complete(bench, 2);
        Assert.Equal(
            (TimeoutError | CompletionError, (ulong)UnitBench.OtherDevice.Value),
            (bench.Registers.Read32(0x34), bench.Registers.Read64(0xB0) >> 48));

        bench.Registers.Write32(0x34, TimeoutError | CompletionError);
        Complete(bench, 2);
        Assert.Equal(third.Value, bench.Registers.Read64(0xB0) >> 48);
    }

    [Fact]
    public void A_disposed_unit_has_no_timeouts()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Unit.Dispose();
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(200));

        Assert.Equal(0u, bench.Registers.Read32(0x34));
    }

    [Fact]
    public void A_queue_fenced_by_an_aborted_wait_continues()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1, fence: true));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        bench.Registers.Write32(0x34, TimeoutError);
        bench.Submit(Descriptor.AllContexts);

        Assert.Equal((96UL, 0UL), (Head(bench), bench.Word(UnitBench.Status)));
    }

    [Fact]
    public void Errors_of_devices_are_reported_by_name()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Assert.Contains($"{UnitBench.Device} exceeded the timeout", Assert.Single(bench.Reports), StringComparison.Ordinal);

        Complete(bench, 0);
        Assert.Equal(2, bench.Reports.Count);
        Assert.Contains($"{UnitBench.Device} completed", bench.Reports[1], StringComparison.Ordinal);
    }

    private static UnitBench Make()
    {
        UnitBench bench = UnitBench.InScalableMode();
        bench.Completes = false;
        bench.EnableQueue();
        return bench;
    }

    private static ulong Head(UnitBench bench) => bench.Registers.Read64(0x80);

    private static void Complete(UnitBench bench, int sent)
    {
        InvalidateRequestMessage message = bench.Invalidations[sent];
        bench.Unit.Receive(new InvalidateCompletionMessage(message.Target, 1u << message.Tag));
        bench.RunBriefly();
    }
}
