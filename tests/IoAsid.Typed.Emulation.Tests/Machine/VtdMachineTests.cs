using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A whole machine with a DMA engine behind a VT-d unit and a driver that uses numbers only, under several seeds.</summary>
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
    public void Copy_requests_its_pages_and_copies_their_contents()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Fixture fixture = new(seed, unit: (int)seed % 2);
            fixture.Machine.Run(async () =>
            {
                await fixture.StartAsync();
                Dictionary<ulong, ulong> frames = [];
                using IInterruptVector vector = fixture.Machine.Interrupts.Allocate(
                    "page requests", () => fixture.Driver.ServePageRequests(address => frames[address] = fixture.NewFrame((byte)(address >> 12))));
                fixture.Driver.EnablePageRequestInterrupt(vector.Message);

                DmaCompletionRecord record = await fixture.DoAsync(new DmaDescriptor
                {
                    Operation = DmaOperation.Copy,
                    Source = Source,
                    Destination = Destination,
                    Length = 0x3000,
                    Flags = DmaDescriptorFlags.BlockOnFault | DmaDescriptorFlags.RequestCompletion,
                });

                Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x3000 }, record);
                for (ulong offset = 0; offset < 0x3000; offset += 0x1000)
                    Assert.Equal(fixture.WordAt(frames[Source + offset]), fixture.WordAt(frames[Destination + offset]));
            });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frame_is_unused_only_after_an_invalidation_of_the_device_TLB(bool deviceTlb)
    {
        bool isWrittenAfter = false;
        for (ulong seed = 1; seed < 60; seed++)
        {
            Fixture fixture = new(seed, unit: 0);
            FrameWatch watch = new();
            fixture.Machine.Fabric.Observe(watch);
            fixture.Machine.Run(async () =>
            {
                await fixture.StartAsync();
                fixture.Driver.Map(Record, Fixture.RecordFrame);
                ulong frame = fixture.NewFrame(0);
                fixture.Driver.Map(Destination, frame);
                for (int number = 0; number < 4; number++)
                    fixture.Submit(new DmaDescriptor { Operation = DmaOperation.Fill, Destination = Destination, Length = 0x1000 });
                await fixture.Machine.Scheduler.WaitUntil(() => watch.Writes > (int)seed % 16, Patience);

                fixture.Driver.Unmap(Destination);
                Assert.True(await fixture.Driver.InvalidateAsync(Function, Pasid, Destination, deviceTlb));
                watch.Frame = frame;
            });
            fixture.Machine.Run();
            isWrittenAfter |= watch.IsWritten;
        }

        Assert.Equal(!deviceTlb, isWrittenAfter);
    }

    [Fact]
    public void Large_page_needs_one_translation()
    {
        Fixture fixture = new(0, unit: 0);
        fixture.Machine.Run(async () =>
        {
            await fixture.StartAsync();
            fixture.Driver.MapLarge(Source, 0x800_0000);
            fixture.Driver.MapLarge(Destination, 0xA00_0000);
            fixture.Driver.MapLarge(Source + 0x20_0000, 0x1000_0000);
            fixture.Driver.MapLarge(Destination + 0x20_0000, 0x1200_0000);
            for (ulong offset = 0; offset < 0x20_0000; offset += 0x1000)
            {
                fixture.Machine.Memory.WriteUInt64(0x800_0000 + offset, offset + 1);
                fixture.Machine.Memory.WriteUInt64(0x1000_0000 + offset, offset + 0x20_0001);
            }

            DmaCompletionRecord record = await fixture.DoAsync(new DmaDescriptor
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
                Assert.Equal(offset + 1, fixture.WordAt(0xA00_0000 + offset));
                Assert.Equal(offset + 0x20_0001, fixture.WordAt(0x1200_0000 + offset));
            }

            Assert.Equal(5, fixture.Engine.DeviceTlbCount);
        });
    }

    [Fact]
    public void Page_requests_of_a_stopped_device_remain_until_a_drain()
    {
        bool wasNotQueued = false;
        for (ulong seed = 0; seed < 20; seed++)
        {
            Fixture fixture = new(seed, unit: 1);
            fixture.Machine.Run(async () =>
            {
                await fixture.StartAsync();
                fixture.Submit(new DmaDescriptor
                {
                    Operation = DmaOperation.Copy,
                    Source = Source,
                    Destination = Destination,
                    Length = 8,
                    Flags = DmaDescriptorFlags.BlockOnFault,
                });
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Engine.PageRequestsSent != 0, Patience);
                DmaEngineCommand abort = new() { Code = DmaEngineCommandCode.AbortPasid, Pasid = Pasid };
                fixture.Engine.Registers.Write64(DmaEngineRegisters.Command, abort.Bits);
                Assert.True(await fixture.Machine.Scheduler.WaitUntil(
                    () => !new DmaEngineCommandStatus(fixture.Engine.Registers.Read64(DmaEngineRegisters.CommandStatus)).IsActive, Patience));

                // The read of the status pushed the request and the stop marker to the unit. Only a drain guarantees that they are in the
                // queue.
                wasNotQueued |= fixture.Driver.PageRequestsQueued < 2;
                Assert.True(await fixture.Driver.InvalidateAsync(Function, Pasid, Source));
                Assert.Equal(2, fixture.Driver.PageRequestsQueued);
                fixture.Driver.ServePageRequests(_ => fixture.NewFrame(0));
                Assert.Equal(0, fixture.Driver.PageRequestsQueued);
                Assert.True(await fixture.Machine.Scheduler.WaitUntil(() => fixture.Engine.PageRequestsOutstanding == 0, Patience));
                Assert.False(fixture.Engine.Pri!.UnexpectedGroupIndex);
            });
        }

        Assert.True(wasNotQueued);
    }

    [Fact]
    public void Invalidation_of_a_removed_function_does_not_complete()
    {
        Fixture fixture = new(3, unit: 0);
        fixture.Machine.Run(async () =>
        {
            await fixture.StartAsync();
            fixture.Machine.RemoveFunction(fixture.Engine);

            Assert.False(await fixture.Driver.InvalidateAsync(Function, Pasid, Destination));
        });
    }

    private sealed class Fixture
    {
        public const ulong RecordFrame = RawDriver.Frames;

        private ulong _nextFrame = RawDriver.Frames + 0x1000;

        public Fixture(ulong seed, int unit)
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
