using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The whole machine: a DMA engine behind a VT-d unit, driven by numbers alone, whatever the seed.</summary>
public sealed class VtdMachineTests
{
    private const ulong Source = 0x5000_0000;
    private const ulong Destination = 0x5100_0000;
    private const ulong Record = 0x5200_0000;
    private static readonly Pasid Pasid = new(5);

    private static readonly RequesterId Function = new(0, 2, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // CAP and ECAP of a unit with first-stage translation, device TLBs and page requests.
    private static readonly UnitOptions Options = new()
    {
        Capabilities = new VtdCapabilities(0x81D2_008C_222F_0606, 0x1_8D9A_2000_0F46, 48),
    };

    [Fact]
    public void A_copy_asks_for_its_pages_and_gets_what_processors_wrote()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Bench bench = new(seed, unit: (int)seed % 2);
            bench.Machine.Run(async () =>
            {
                await bench.StartAsync();
                Dictionary<ulong, ulong> frames = [];
                using IInterruptVector vector = bench.Machine.Interrupts.Allocate(
                    "page requests", () => bench.Driver.ServePageRequests(address => frames[address] = bench.NewFrame((byte)(address >> 12))));
                bench.Driver.EnablePageRequestInterrupt(vector.Message);

                DmaCompletionRecord record = await bench.DoAsync(new DmaDescriptor
                {
                    Operation = DmaOperation.Copy,
                    Source = Source,
                    Destination = Destination,
                    Length = 0x3000,
                    Flags = DmaDescriptorFlags.BlockOnFault | DmaDescriptorFlags.RequestCompletion,
                });

                Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x3000 }, record);
                for (ulong offset = 0; offset < 0x3000; offset += 0x1000)
                    Assert.Equal(bench.WordAt(frames[Source + offset]), bench.WordAt(frames[Destination + offset]));
            });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_frame_is_free_once_its_page_is_invalidated_and_only_if_the_device_TLB_is_too(bool deviceTlb)
    {
        bool isWrittenAfter = false;
        for (ulong seed = 1; seed < 60; seed++)
        {
            Bench bench = new(seed, unit: 0);
            FrameWatch watch = new();
            bench.Machine.Fabric.Observe(watch);
            bench.Machine.Run(async () =>
            {
                await bench.StartAsync();
                bench.Driver.Map(Record, Bench.RecordFrame);
                ulong frame = bench.NewFrame(0);
                bench.Driver.Map(Destination, frame);
                for (int number = 0; number < 4; number++)
                    bench.Submit(new DmaDescriptor { Operation = DmaOperation.Fill, Destination = Destination, Length = 0x1000 });
                await bench.Machine.Scheduler.WaitUntil(() => watch.Writes > (int)seed % 16, Patience);

                bench.Driver.Unmap(Destination);
                Assert.True(await bench.Driver.InvalidateAsync(Function, Pasid, Destination, deviceTlb));
                watch.Frame = frame;
            });
            bench.Machine.Run();
            isWrittenAfter |= watch.IsWritten;
        }

        Assert.Equal(!deviceTlb, isWrittenAfter);
    }

    [Fact]
    public void Large_pages_are_translated_once_for_all_that_is_in_them()
    {
        Bench bench = new(0, unit: 0);
        bench.Machine.Run(async () =>
        {
            await bench.StartAsync();
            bench.Driver.MapLarge(Source, 0x800_0000);
            bench.Driver.MapLarge(Destination, 0xA00_0000);
            bench.Driver.MapLarge(Source + 0x20_0000, 0x1000_0000);
            bench.Driver.MapLarge(Destination + 0x20_0000, 0x1200_0000);
            for (ulong offset = 0; offset < 0x20_0000; offset += 0x1000)
            {
                bench.Machine.Memory.WriteUInt64(0x800_0000 + offset, offset + 1);
                bench.Machine.Memory.WriteUInt64(0x1000_0000 + offset, offset + 0x20_0001);
            }

            DmaCompletionRecord record = await bench.DoAsync(new DmaDescriptor
            {
                Operation = DmaOperation.Copy,
                Source = Source,
                Destination = Destination,
                Length = 0x40_0000,
                Flags = DmaDescriptorFlags.RequestCompletion,
            });

            Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x40_0000 }, record);
            for (ulong offset = 0; offset < 0x20_0000; offset += 0x1000)
            {
                Assert.Equal(offset + 1, bench.WordAt(0xA00_0000 + offset));
                Assert.Equal(offset + 0x20_0001, bench.WordAt(0x1200_0000 + offset));
            }

            Assert.Equal(5, bench.Engine.DeviceTlbCount);
        });
    }

    [Fact]
    public void A_device_that_has_stopped_leaves_page_requests_for_software_to_drain()
    {
        bool wasUnderWay = false;
        for (ulong seed = 0; seed < 20; seed++)
        {
            Bench bench = new(seed, unit: 1);
            bench.Machine.Run(async () =>
            {
                await bench.StartAsync();
                bench.Submit(new DmaDescriptor
                {
                    Operation = DmaOperation.Copy,
                    Source = Source,
                    Destination = Destination,
                    Length = 8,
                    Flags = DmaDescriptorFlags.BlockOnFault,
                });
                await bench.Machine.Scheduler.WaitUntil(() => bench.Engine.PageRequestsSent != 0, Patience);
                DmaEngineCommand abort = new() { Code = DmaEngineCommandCode.AbortPasid, Pasid = Pasid };
                bench.Engine.Registers.Write64(DmaEngineRegisters.Command, abort.Bits);
                Assert.True(await bench.Machine.Scheduler.WaitUntil(
                    () => !new DmaEngineCommandStatus(bench.Engine.Registers.Read64(DmaEngineRegisters.CommandStatus)).IsActive, Patience));

                // The request and the stop marker have reached the unit, because reading the status pushed them. Only a drain says that
                // they are in the queue.
                wasUnderWay |= bench.Driver.PageRequestsQueued < 2;
                Assert.True(await bench.Driver.InvalidateAsync(Function, Pasid, Source));
                Assert.Equal(2, bench.Driver.PageRequestsQueued);
                bench.Driver.ServePageRequests(_ => bench.NewFrame(0));
                Assert.Equal(0, bench.Driver.PageRequestsQueued);
                Assert.True(await bench.Machine.Scheduler.WaitUntil(() => bench.Engine.PageRequestsOutstanding == 0, Patience));
                Assert.False(bench.Engine.Pri!.UnexpectedGroupIndex);
            });
        }

        Assert.True(wasUnderWay);
    }

    [Fact]
    public void An_invalidation_to_a_function_that_is_gone_does_not_complete()
    {
        Bench bench = new(3, unit: 0);
        bench.Machine.Run(async () =>
        {
            await bench.StartAsync();
            bench.Machine.RemoveFunction(bench.Engine);

            Assert.False(await bench.Driver.InvalidateAsync(Function, Pasid, Destination));
        });
    }

    private sealed class Bench
    {
        public const ulong RecordFrame = RawDriver.Frames;

        private ulong _nextFrame = RawDriver.Frames + 0x1000;

        public Bench(ulong seed, int unit)
        {
            Machine = new EmulatedMachine(new MachineOptions
            {
                Scheduler = new SchedulerOptions { Seed = seed, StepLimit = 5_000_000 },
                Units = [new MachineUnit("dmar0", Options), new MachineUnit("dmar1", Options)],
            });
            Engine = Machine.AddFunction(unit, Function, context => new EmulatedDmaEngine(context));
            Driver = new RawDriver(Machine, unit, tables: 0x100_0000);
        }

        public EmulatedMachine Machine { get; }

        public EmulatedDmaEngine Engine { get; }

        public RawDriver Driver { get; }

        public async Task StartAsync()
        {
            await Driver.StartAsync(Function);
            Driver.BindPasid(Pasid);
            Engine.BusMasterEnabled = true;
            Engine.Pasid!.Enabled = true;
            Engine.Ats!.Enabled = true;
            Engine.Pri!.Enabled = true;
            DmaQueueConfiguration queue = new() { IsEnabled = true, IsShared = true, PasidEnabled = true, MayBlockOnFault = true };
            Engine.Registers.Write64(DmaEngineRegisters.QueueConfiguration(0), queue.Bits);
        }

        public ulong NewFrame(byte content)
        {
            ulong frame = _nextFrame;
            _nextFrame += 0x1000;
            Machine.Memory.WriteUInt64(frame, content + 1UL);
            return frame;
        }

        public ulong WordAt(ulong address) => Machine.PhysicalMemory.ReadUInt64(address);

        public void Submit(DmaDescriptor descriptor)
        {
            Span<byte> command = stackalloc byte[DmaDescriptor.SizeInBytes];
            descriptor.WriteBytes(command);
            Assert.True(Engine.Portals[0].TryEnqueue(command, Pasid));
        }

        public async Task<DmaCompletionRecord> DoAsync(DmaDescriptor descriptor)
        {
            Driver.Map(Record, RecordFrame);
            Submit(descriptor with { CompletionRecord = Record });
            Assert.True(await Machine.Scheduler.WaitUntil(() => (byte)WordAt(RecordFrame) != 0, Patience));
            byte[] bytes = new byte[DmaCompletionRecord.SizeInBytes];
            Machine.PhysicalMemory.Read(RecordFrame, bytes);
            return DmaCompletionRecord.FromBytes(bytes);
        }
    }

    private sealed class FrameWatch : IFabricObserver
    {
        public ulong Frame { get; set; }

        public int Writes { get; private set; }

        public bool IsWritten { get; private set; }

        public void Arriving(in FabricMessage message)
        {
            if (message.Kind != FabricMessageKind.MemoryWrite)
                return;
            Writes++;
            IsWritten |= Frame != 0 && message.IsTranslated && (message.Address & ~0xFFFUL) == Frame;
        }
    }
}
