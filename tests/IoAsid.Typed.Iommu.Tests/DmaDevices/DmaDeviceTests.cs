using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A function that one driver owns, with registers, interrupts, and memory that only this device reaches.</summary>
public sealed class DmaDeviceTests
{
    private const int Seeds = 10;
    private const int Queue = IommuFixture.PlainQueue;
    private const ulong Pattern = 0x1122_3344_5566_7788;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void Memory_is_accessed_by_the_device_until_its_disposal() => Run(async (fixture, device) =>
    {
        IDmaMemory memory = await device.AllocateAsync(5000);
        IDmaMemory neighbour = await device.AllocateAsync(1);
        await FillAsync(fixture, device, memory.Address, Pattern);
        ulong before = WordOf(memory);
        await memory.DisposeAsync();
        await memory.DisposeAsync();

        // The record of the second job is allocated in the first page.
        fixture.Faults.Clear();
        await FillAsync(fixture, device, memory.Address + AddressRange.PageSize, ~Pattern);
        await fixture.Machine.Scheduler.Delay(Timeout);

        Assert.Equal(0x2000, memory.Length);
        Assert.Equal(Pattern, before);
        Assert.Equal(memory.Address + AddressRange.PageSize, Assert.Single(fixture.Faults.Select(fault => fault.Address).Distinct()));
        Assert.Throws<ObjectDisposedException>(() => WordOf(memory));
        Assert.Equal(0UL, WordOf(neighbour));
    });

    [Fact]
    public void Memory_longer_than_a_run_of_frames_is_one_range() => Run(async (fixture, device) =>
    {
        const long run = (long)FrameAllocator.LongestRun * AddressRange.PageSize;
        IDmaMemory memory = await device.AllocateAsync(run + 1);
        byte[] written = [1, 2, 3, 4, 5, 6, 7, 8];
        memory.Write(run - 4, written);
        byte[] read = new byte[8];
        memory.Read(run - 4, read);

        await FillAsync(fixture, device, memory.Address + (ulong)run, Pattern);
        byte[] filled = new byte[8];
        memory.Read(run, filled);

        Assert.Equal(written, read);
        Assert.Equal(Pattern, BitConverter.ToUInt64(filled));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read(memory.Length - 7, read));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write(memory.Length - 7, read));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write(-1, read));
    });

    [Fact]
    public void Addresses_have_no_more_bits_than_the_device_can_send() => Run(async (_, device) =>
    {
        device.AddressBits = 20;
        List<IDmaMemory> all = [];
        await Assert.ThrowsAsync<DmaMemoryException>(async () =>
        {
            while (true)
                all.Add(await device.AllocateAsync(0x1_0000));
        });

        Assert.All(all, memory => Assert.InRange(memory.Address + (ulong)memory.Length, 1UL, 1UL << 20));
        Assert.Equal(15, all.Count);
        device.AddressBits = 21;
        Assert.InRange((await device.AllocateAsync(0x1_0000)).Address, 1UL, (1UL << 21) - 0x1_0000);
        Assert.Throws<ArgumentOutOfRangeException>(() => device.AddressBits = 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => device.AddressBits = 65);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(FrameAllocator.LongestRun + 600)]
    public void An_allocation_without_memory_changes_nothing(int pages) => Run(async (fixture, device) =>
    {
        long inUse = fixture.Subsystem.Frames.InUse;
        int failures = 0;

        // Up to the last table.
        for (IDmaMemory? allocated = null; allocated is null;)
        {
            fixture.Subsystem.Frames.Limit = inUse + pages - 1 + failures;
            try
            {
                allocated = await device.AllocateAsync((long)pages * AddressRange.PageSize);
                await allocated.DisposeAsync();
            }
            catch (DmaMemoryException)
            {
                failures++;
            }

            Assert.Equal(inUse, fixture.Subsystem.Frames.InUse);
        }

        Assert.InRange(failures, 3, 20);
        fixture.Subsystem.Frames.Limit = long.MaxValue;
        IDmaMemory memory = await device.AllocateAsync((long)pages * AddressRange.PageSize);

        Assert.Equal((ulong)AddressRange.PageSize, memory.Address);
        await FillAsync(fixture, device, memory.Address, Pattern);
        Assert.Equal(Pattern, WordOf(memory));
    });

    [Fact]
    public void An_opening_without_memory_changes_nothing() => Run(async (fixture, device) =>
    {
        await device.DisposeAsync();
        long inUse = fixture.Subsystem.Frames.InUse;
        long left = 0;
        for (IDmaDevice? opened = null; opened is null; left++)
        {
            fixture.Subsystem.Frames.Limit = inUse + left;
            try
            {
                opened = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
                await opened.DisposeAsync();
            }
            catch (IommuException refusal)
            {
                Assert.Equal(IommuError.NoMemory, refusal.Error);
            }

            Assert.Equal(inUse, fixture.Subsystem.Frames.InUse);
        }

        fixture.Subsystem.Frames.Limit = long.MaxValue;
        Assert.InRange(left, 3, 100);
    });

    [Fact]
    public void A_disposal_ends_interrupts_and_memory() => Run(async (fixture, device) =>
    {
        IDmaMemory memory = await device.AllocateAsync(1);
        IDeviceInterrupts interrupts = device.EnableInterrupts();

        await device.DisposeAsync();
        await memory.DisposeAsync();

        Assert.False(fixture.Engines[0].BusMasterEnabled);
        Assert.Throws<ObjectDisposedException>(() => WordOf(memory));
        Assert.Throws<ObjectDisposedException>(() => device.BusMasterEnabled = true);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await interrupts.WaitAsync(0, Timeout));
    });

    // With caching mode a mapping waits for an invalidation, so the operations overlap.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Operations_that_a_disposal_overtakes_leave_no_memory(int unmappings) => Run(
        async (_, device) =>
        {
            List<Task> operations = [];
            List<IDmaMemory> all = [];
            for (int number = 0; number < 2; number++)
                all.Add(await device.AllocateAsync(3 * AddressRange.PageSize));
            foreach (IDmaMemory memory in all.Take(unmappings))
                operations.Add(memory.DisposeAsync().AsTask());
            operations.Add(AllocateAsync(device));

            await device.DisposeAsync();
            await Task.WhenAll(operations);
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void Memory_stays_allocated_if_the_unit_does_not_detach_the_device() => IommuFixture.RunByHand(async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        long before = fixture.Subsystem.Frames.InUse;
        await device.AllocateAsync(16 * AddressRange.PageSize);
        fixture.StopQueue();

        await device.DisposeAsync();

        Assert.True(fixture.Subsystem.Frames.InUse >= before + 16);
    });

    [Fact]
    public void Vectors_are_returned_at_a_disposal_and_after_a_failure() => Run(
        (_, device) =>
        {
            const int vectorsOfTheMachine = 255 * 224;
            for (int round = 0; round < vectorsOfTheMachine / 8 + 1; round++)
                device.EnableInterrupts(8).Dispose();
            for (int round = 0; round < vectorsOfTheMachine + 1; round++)
                Assert.Throws<ArgumentOutOfRangeException>(() => device.EnableInterrupts(9));
            return Task.CompletedTask;
        },
        seeds: 1);

    [Fact]
    public void An_entry_that_was_disabled_sends_no_interrupt() => Run(async (fixture, device) =>
    {
        IDmaMemory memory = await device.AllocateAsync(64);
        IDeviceInterrupts first = device.EnableInterrupts();
        first.Dispose();
        long dropped = fixture.Machine.Controller.Dropped;
        Post(fixture, Fill(memory.Address, Pattern) with { Flags = DmaDescriptorFlags.RequestInterrupt });
        await fixture.Machine.Scheduler.Delay(Timeout);
        Assert.Equal(dropped, fixture.Machine.Controller.Dropped);

        using IDeviceInterrupts second = device.EnableInterrupts();
        first.Dispose();
        Post(fixture, Fill(memory.Address, Pattern) with { Flags = DmaDescriptorFlags.RequestInterrupt });
        Assert.True(await second.WaitAsync(0, Timeout));
    });

    [Fact]
    public void An_interrupt_ends_one_wait() => Run(async (fixture, device) =>
    {
        IDmaMemory memory = await device.AllocateAsync(64);
        using IDeviceInterrupts interrupts = device.EnableInterrupts(2);
        Post(fixture, Fill(memory.Address, Pattern) with { Flags = DmaDescriptorFlags.RequestInterrupt, InterruptEntry = 1 });

        Assert.True(await interrupts.WaitAsync(1, Timeout));
        Assert.False(await interrupts.WaitAsync(1, Timeout));
        Assert.False(await interrupts.WaitAsync(0, Timeout));
        Assert.Throws<InvalidOperationException>(() => device.EnableInterrupts());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await interrupts.WaitAsync(2, Timeout));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await interrupts.WaitAsync(0, System.Threading.Timeout.InfiniteTimeSpan));
    });

    [Fact]
    public void Interrupts_beyond_the_table_of_the_function_leave_none_enabled() => Run((_, device) =>
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => device.EnableInterrupts(9));

        using IDeviceInterrupts interrupts = device.EnableInterrupts(8);

        Assert.Equal(8, interrupts.Count);
        return Task.CompletedTask;
    });

    [Fact]
    public void Interrupts_that_are_disposed_end_a_wait() => Run(async (fixture, device) =>
    {
        IDeviceInterrupts interrupts = device.EnableInterrupts();
        long began = fixture.Machine.Scheduler.Clock.GetTimestamp();
        ValueTask<bool> wait = interrupts.WaitAsync(0, TimeSpan.FromSeconds(1));

        interrupts.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await wait);
        Assert.True(fixture.Machine.Scheduler.Clock.GetElapsedTime(began) < Timeout);
        using IDeviceInterrupts again = device.EnableInterrupts();
    });

    [Fact]
    public void A_function_has_one_user() => Run(async (fixture, device) =>
    {
        IommuException refusal = await Assert.ThrowsAsync<IommuException>(async () => await fixture.Subsystem.OpenAsync(fixture.Engines[0]));

        Assert.Equal(IommuError.Busy, refusal.Error);
        IDmaMemory memory = await device.AllocateAsync(64);
        await FillAsync(fixture, device, memory.Address, Pattern);
        Assert.Equal(Pattern, WordOf(memory));
        await device.DisposeAsync();
        await device.DisposeAsync();
        await using IDmaDevice next = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        Assert.Equal(device.Name, next.Name);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await device.AllocateAsync(1));
        Assert.Throws<ObjectDisposedException>(() => device.EnableInterrupts());
    });

    [Fact]
    public void A_device_opens_on_a_unit_without_a_second_stage() => Run(
        async (fixture, device) =>
        {
            IDmaMemory memory = await device.AllocateAsync(64);
            await FillAsync(fixture, device, memory.Address, Pattern);
            Assert.Equal(Pattern, WordOf(memory));
        },
        new FixtureOptions { ExtendedCapabilityToggles = IommuFixture.ExtendedCapability & new ExtendedCapabilityRegister { SecondStage = true, Nested = true }.Bits.Value });

    private static void Run(Func<IommuFixture, IDmaDevice, Task> test, FixtureOptions? options = null, int seeds = Seeds) => IommuFixture.Run(seeds, async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        long before = fixture.Subsystem.Frames.InUse;
        IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        Assert.False(device.BusMasterEnabled);
        device.BusMasterEnabled = true;
        device.Registers.Write64(DmaEngineRegisters.QueueConfiguration(Queue), new DmaQueueConfiguration { IsEnabled = true }.Bits);
        await test(fixture, device);
        await device.DisposeAsync();
        Assert.Equal(before, fixture.Subsystem.Frames.InUse);
    }, options);

    private static DmaDescriptor Fill(ulong address, ulong pattern) => new() { Operation = DmaOperation.Fill, Destination = address, Length = 64, Operand = pattern };

    // The record is in separate memory, so that the device reaches only the tested memory.
    private static async Task<DmaCompletionRecord> FillAsync(IommuFixture fixture, IDmaDevice device, ulong address, ulong pattern)
    {
        await using IDmaMemory record = await device.AllocateAsync(DmaCompletionRecord.SizeInBytes);
        using IDeviceInterrupts interrupts = device.EnableInterrupts();
        const DmaDescriptorFlags flags = DmaDescriptorFlags.RequestCompletion | DmaDescriptorFlags.RequestInterrupt;
        Post(fixture, Fill(address, pattern) with { CompletionRecord = record.Address, Flags = flags });
        Assert.True(await interrupts.WaitAsync(0, Timeout));
        byte[] bytes = new byte[DmaCompletionRecord.SizeInBytes];
        record.Read(0, bytes);
        return DmaCompletionRecord.FromBytes(bytes);
    }

    private static void Post(IommuFixture fixture, DmaDescriptor descriptor)
    {
        byte[] command = new byte[DmaDescriptor.SizeInBytes];
        descriptor.WriteBytes(command);
        fixture.Engines[0].Portals[Queue].Post(command);
    }

    private static async Task AllocateAsync(IDmaDevice device)
    {
        try
        {
            await device.AllocateAsync((long)(FrameAllocator.LongestRun + 600) * AddressRange.PageSize);
        }
        catch (ObjectDisposedException)
        {
            // The domain was freed before the second part was mapped.
        }
    }

    private static ulong WordOf(IDmaMemory memory)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        memory.Read(0, bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
