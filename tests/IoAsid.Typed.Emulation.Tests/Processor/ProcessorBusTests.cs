using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The visibility of a processor's accesses to hardware and observers.</summary>
public sealed class ProcessorBusTests
{
    private const ulong Entry = 0x1_0000;

    [Fact]
    public void Hardware_can_see_a_part_of_eight_stores() =>
        Assert.Contains(SeenUnderSeeds(WriteWords), seen => seen is > 0 and < 8);

    [Fact]
    public void Hardware_can_see_a_part_of_one_long_write() =>
        Assert.Contains(SeenUnderSeeds(WriteSpan), seen => seen is > 0 and < 8);

    [Fact]
    public void Fifo_order_has_no_preemption() =>
        Assert.All(SeenHalf(0, WriteWords).Concat(SeenHalf(0, WriteSpan)), seen => Assert.Equal(0, seen % 8));

    [Theory]
    [InlineData(0)] // FIFO order.
    [InlineData(7)]
    public void Polling_of_a_register_lets_hardware_run(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        SparseMemory memory = new(new MemoryRange(0, 0x2_0000));
        IRegisterBlock registers = new ProcessorBus(scheduler, memory).Registers("unit", new MemoryRegisters(memory));
        int reads = 0;
        scheduler.Post(() =>
        {
            scheduler.Hardware.Post(() => memory.WriteUInt64(8, 1));
            while (registers.Read64(8) == 0 && reads < 10_000)
                reads++;
        });

        scheduler.Run();

        Assert.InRange(reads, 0, 9_999);
    }

    [Fact]
    public void Processor_steps_and_interrupts_do_not_preempt_a_processor_step()
    {
        for (ulong seed = 1; seed < 50; seed++)
        {
            SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
            SparseMemory memory = new(new MemoryRange(0, 0x2_0000));
            ProcessorBus bus = new(scheduler, memory);
            InterruptController interrupts = new(scheduler);
            bool isWriting = false;
            using IInterruptVector vector = interrupts.Allocate("v", () => Assert.False(isWriting));
            scheduler.Post(() => Assert.False(isWriting));
            for (int time = 0; time < 20; time++)
                scheduler.Hardware.Post(() => interrupts.Deliver(vector.Message));
            scheduler.Post(() =>
            {
                isWriting = true;
                WriteWords(bus.Memory);
                isWriting = false;
            });
            scheduler.Run();
        }
    }

    [Fact]
    public void Failed_writes_change_nothing_and_notify_no_observer()
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = 5 });
        SparseMemory memory = new(new MemoryRange(0, 0x1_0000));
        ProcessorBus bus = new(scheduler, memory);
        WriteLog log = new();
        bus.Observe(log);

        Assert.False(bus.Memory.TryWrite(0xFFF0, new byte[32]));
        Assert.False(bus.Memory.TryWriteUInt64(0x1_0000, 1));
        Assert.True(bus.Memory.TryCompareExchange(8, expected: 1, value: 2, out _));
        Assert.Empty(log.Writes);
        Assert.Equal(0, memory.TouchedBytes);

        Assert.True(bus.Memory.TryWrite(0xFFE1, new byte[31]));
        Assert.True(bus.Memory.TryCompareExchange(8, expected: 0, value: 2, out _));
        Assert.Equal([(0xFFE1UL, 31), (8UL, 8)], log.Writes);
    }

    [Fact]
    public void Exception_of_a_preempting_hardware_step_ends_the_run_after_the_driver()
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = 2 });
        ProcessorBus bus = new(scheduler, new SparseMemory(new MemoryRange(0, 0x2_0000)));
        bool driverCompleted = false;
        scheduler.Post(() =>
        {
            scheduler.Hardware.Post(() => throw new TimeoutException());
            for (int time = 0; time < 100; time++)
                WriteWords(bus.Memory);
            driverCompleted = true;
        });

        Assert.Throws<TimeoutException>(scheduler.Run);
        Assert.True(driverCompleted);
    }

    private static IEnumerable<int> SeenUnderSeeds(Action<IPhysicalMemory> write) =>
        Enumerable.Range(1, 100).Select(seed => SeenHalf((ulong)seed, write).Min());

    // Returns the number of written words, of eight, that each hardware step saw.
    private static List<int> SeenHalf(ulong seed, Action<IPhysicalMemory> write)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        SparseMemory memory = new(new MemoryRange(0, 0x2_0000));
        ProcessorBus bus = new(scheduler, memory);
        List<int> seen = [];
        scheduler.Post(() => write(bus.Memory));
        scheduler.Hardware.Post(() => seen.Add(Enumerable.Range(0, 8).Count(word => memory.ReadUInt64(Entry + (ulong)word * 8) != 0)));
        scheduler.Run();
        return seen;
    }

    private static void WriteWords(IPhysicalMemory memory)
    {
        for (ulong word = 0; word < 8; word++)
            memory.WriteUInt64(Entry + word * 8, ulong.MaxValue);
    }

    private static void WriteSpan(IPhysicalMemory memory)
    {
        byte[] entry = new byte[64];
        Array.Fill(entry, (byte)0xFF);
        memory.Write(Entry, entry);
    }

    private sealed class WriteLog : IProcessorObserver
    {
        public List<(ulong Address, int Length)> Writes { get; } = [];

        public void MemoryWritten(ulong address, int length) => Writes.Add((address, length));
    }

    private sealed class MemoryRegisters(SparseMemory memory) : IRegisterBlock
    {
        public uint Read32(uint offset) => memory.ReadUInt32(offset);

        public ulong Read64(uint offset) => memory.ReadUInt64(offset);

        public void Write32(uint offset, uint value) => memory.WriteUInt32(offset, value);

        public void Write64(uint offset, ulong value) => memory.WriteUInt64(offset, value);
    }
}
