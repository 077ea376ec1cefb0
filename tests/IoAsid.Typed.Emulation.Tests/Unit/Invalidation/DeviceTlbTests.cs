using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Invalidations of device TLBs (VT-d 6.5.2.5, 6.5.2.6): what is sent, credits, waits behind them, time-outs and stray completions.</summary>
public sealed class DeviceTlbTests
{
    private const uint CompletionError = 1 << 5;
    private const uint TimeoutError = 1 << 6;

    [Fact]
    [Specification("4.1.4/1", "4.3/1", "4.3/7", "6.5.2.5/1", "6.5.2.6/1", "6.5.2.6/2")]
    public void What_the_descriptor_says_is_sent()
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
    public void A_wait_does_not_wait_for_invalidations_behind_it()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1), Descriptor.DeviceTlb(UnitBench.OtherDevice));
        Complete(bench, 0);

        Assert.Equal(1UL, bench.Word(UnitBench.Status));
    }

    [Fact]
    [Specification("6.5.2.11/5")]
    public void Each_invalidation_has_its_own_time()
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
    public void A_tag_under_way_is_not_given_again()
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
    public void A_fence_holds_back_what_is_behind_it()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1, fence: true), Descriptor.DeviceTlb(UnitBench.OtherDevice));
        Assert.Equal((64UL, 1), (Head(bench), bench.Invalidations.Count));

        Complete(bench, 0);
        Assert.Equal((96UL, 2), (Head(bench), bench.Invalidations.Count));
    }

    [Theory]
    // MIP: no more than so many under way at one device; 0 is 32 (VT-d 6.5.2.5).
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(31, 31)]
    [InlineData(0, 32)]
    [Specification("4.3/2", "6.5.2.5/3")]
    public void A_device_gets_no_more_at_once_than_its_credit(int pending, int expected)
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
    public void The_credit_is_each_devices_own()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device, pending: 1), Descriptor.DeviceTlb(UnitBench.OtherDevice, pending: 1));

        Assert.Equal(2, bench.Invalidations.Count);
    }

    [Fact]
    [Specification("4.3/6", "6.5.2.11/5", "6.5.2.11/6")]
    public void A_time_out_with_three_waits_pending_writes_no_status_and_says_who()
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

        // Nothing is fetched until ITE is cleared; then the aborted waits stay aborted, and what is submitted again is carried out.
        bench.Submit(Descriptor.Wait(UnitBench.Status + 16, 1));
        Assert.Equal((128UL, 0UL), (Head(bench), bench.Word(UnitBench.Status + 16)));
        bench.Registers.Write32(0x34, TimeoutError);
        bench.RunBriefly();
        Assert.Equal((160UL, 1UL, 0UL), (Head(bench), bench.Word(UnitBench.Status + 16), bench.Word(UnitBench.Status)));
    }

    [Fact]
    public void A_queue_that_waits_for_credit_goes_on_after_a_time_out()
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
    public void A_completion_that_comes_after_its_time_out_does_not_pass_for_that_of_the_next()
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
    public void A_queue_that_waited_for_credit_when_it_was_switched_off_starts_afresh()
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
    public void A_completion_of_what_was_not_under_way_is_an_error_that_says_who(uint tags, bool byTarget, bool unexpected)
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
    public void While_translation_is_off_completions_are_unsupported()
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
    public void A_completion_after_its_time_out_was_not_expected_any_more()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(101));
        Complete(bench, 0);

        Assert.Equal(TimeoutError | CompletionError, bench.Registers.Read32(0x34));
    }

    [Fact]
    public void Waits_that_were_pending_when_the_queue_was_switched_off_never_complete()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device), Descriptor.Wait(UnitBench.Status, 1));
        bench.Clear(1u << 26);
        Complete(bench, 0);

        Assert.Equal(0UL, bench.Word(UnitBench.Status));
    }

    [Fact]
    [Specification("6.5.2.11/7", "11.4.9.9/8")]
    public void Errors_name_the_first_device_and_completions_count_while_they_stand()
    {
        RequesterId third = new(0x20);
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(50));
        bench.Submit(Descriptor.DeviceTlb(UnitBench.OtherDevice), Descriptor.DeviceTlb(third));
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(51));
        Assert.Equal(TimeoutError, bench.Registers.Read32(0x34));

        // The second device answers in time, the third does not: the record keeps the first.
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
    public void A_disposed_unit_has_no_time_outs()
    {
        using UnitBench bench = Make();
        bench.Submit(Descriptor.DeviceTlb(UnitBench.Device));
        bench.Unit.Dispose();
        bench.Scheduler.RunFor(TimeSpan.FromMilliseconds(200));

        Assert.Equal(0u, bench.Registers.Read32(0x34));
    }

    [Fact]
    public void A_queue_fenced_by_an_aborted_wait_goes_on()
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
        Assert.Contains($"{UnitBench.Device} did not complete", Assert.Single(bench.Reports), StringComparison.Ordinal);

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
