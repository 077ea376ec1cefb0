using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A machine with a DMA engine behind a <see cref="FlatUnit"/>, and the parts of a driver that submit work.
/// </summary>
internal sealed class DmaFixture
{
    public static readonly Pasid Pasid = new(0x42);
    public const ulong Source = 0x7000_0000;
    public const ulong Destination = 0x7100_0000;
    public const ulong Records = 0x7200_0000;
    public const int DedicatedQueue = 0;
    public const int SharedQueue = 1;
    public const int PlainQueue = 2;

    public static readonly RequesterId Engine0 = new(0, 2, 0);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const ulong Frames = 0x100_0000;
    private const int RecordsInPage = 0x1000 / DmaCompletionRecord.SizeInBytes;

    private ulong _nextFrame = Frames;
    private int _submitted;

    public DmaFixture(ulong seed, DmaEngineOptions? options = null)
    {
        Machine = new EmulatedMachine(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = seed, StepLimit = 1_000_000 },
            Ram = [new MemoryRange(0, 0x1000_0000)],
            Units = [FlatUnit.Named("dmar0"), FlatUnit.Named("dmar1")],
        });
        Unit = (FlatUnit)Machine.Units[0].Unit;
        Engine = Machine.AddFunction(0, Engine0, context => new EmulatedDmaEngine(context, options));
        MapPage(null, Records);
        MapPage(Pasid, Records);
    }

    public EmulatedMachine Machine { get; }

    public FlatUnit Unit { get; }

    public EmulatedDmaEngine Engine { get; }

    /// <summary>Enables the capabilities and queues that most tests use.</summary>
    public DmaFixture Enable(bool ats = true, bool pri = true)
    {
        Engine.BusMasterEnabled = true;
        Engine.Pasid!.Enabled = true;
        if (ats)
            Engine.Ats!.Enabled = true;
        if (ats && pri)
            Engine.Pri!.Enabled = true;
        DmaQueueConfiguration withPasid = new() { PasidEnabled = true, MayBlockOnFault = true };
        Configure(DedicatedQueue, withPasid with { Pasid = Pasid, MayNamePasid = true });
        Configure(SharedQueue, withPasid with { IsShared = true });
        Configure(PlainQueue, default);
        return this;
    }

    public void Configure(int queue, DmaQueueConfiguration configuration) =>
        Engine.Registers.Write64(DmaEngineRegisters.QueueConfiguration(queue), (configuration with { IsEnabled = true }).Bits);

    /// <summary>Maps a page to a new frame.</summary>
    public ulong MapPage(Pasid? pasid, ulong address, bool write = true)
    {
        ulong frame = _nextFrame;
        _nextFrame += 0x1000;
        Unit.Map(pasid, address, frame, write);
        return frame;
    }

    /// <summary>Maps pages and fills them with bytes.</summary>
    public List<ulong> MapFilled(Pasid? pasid, ulong address, int pages, byte first)
    {
        List<ulong> frames = [];
        for (int page = 0; page < pages; page++)
        {
            frames.Add(MapPage(pasid, address + (ulong)page * 0x1000));
            byte[] bytes = new byte[0x1000];
            for (int at = 0; at < bytes.Length; at++)
                bytes[at] = (byte)(first + page + at * 7);
            Machine.PhysicalMemory.Write(frames[page], bytes);
        }

        return frames;
    }

    public byte[] BytesAt(ulong physical, int length)
    {
        byte[] bytes = new byte[length];
        Machine.PhysicalMemory.Read(physical, bytes);
        return bytes;
    }

    /// <summary>Submits a descriptor. Returns the address of its record, or 0 if the shared portal did not accept it.</summary>
    public ulong Submit(int queue, DmaDescriptor descriptor, Pasid? pasid = null)
    {
        ulong record = Records + (ulong)(_submitted++ % RecordsInPage * DmaCompletionRecord.SizeInBytes);
        foreach (ulong frame in new[] { Frames, Frames + 0x1000 })
            Machine.PhysicalMemory.WriteUInt64(frame + (record - Records), 0);
        DmaDescriptor complete = descriptor with
        {
            CompletionRecord = record,
            Flags = descriptor.Flags | DmaDescriptorFlags.RequestCompletion,
        };
        Span<byte> command = stackalloc byte[DmaDescriptor.SizeInBytes];
        complete.WriteBytes(command);
        if (queue == SharedQueue)
            return Engine.Portals[queue].TryEnqueue(command, pasid ?? Pasid) ? record : 0;
        Engine.Portals[queue].Post(command);
        return record;
    }

    public DmaCompletionRecord RecordAt(ulong record) => RecordAt(record, Pasid);

    public DmaCompletionRecord RecordAt(ulong record, Pasid? pasid)
    {
        Span<byte> bytes = stackalloc byte[DmaCompletionRecord.SizeInBytes];
        ulong frame = pasid is null ? Frames : Frames + 0x1000;
        Machine.PhysicalMemory.Read(frame + (record - Records), bytes);
        return DmaCompletionRecord.FromBytes(bytes);
    }

    /// <summary>Submits a descriptor and waits for its record.</summary>
    public async Task<DmaCompletionRecord> DoAsync(int queue, DmaDescriptor descriptor)
    {
        ulong record = Submit(queue, descriptor);
        Pasid? pasid = queue == PlainQueue ? null : Pasid;
        bool isDone = await Machine.Scheduler.WaitUntil(() => RecordAt(record, pasid).Status != DmaStatus.None, Patience);
        Assert.True(isDone, $"{descriptor.Operation} did not complete");
        return RecordAt(record, pasid);
    }

    /// <summary>Submits a descriptor and runs the machine until it is complete.</summary>
    public DmaCompletionRecord Do(int queue, DmaDescriptor descriptor) => Machine.Run(() => DoAsync(queue, descriptor));

    /// <summary>Writes a command of the engine and waits until it is complete.</summary>
    public async Task CommandAsync(DmaEngineCommandCode code, Pasid? pasid = null)
    {
        Engine.Registers.Write64(DmaEngineRegisters.Command, new DmaEngineCommand { Code = code, Pasid = pasid ?? Pasid }.Bits);
        Assert.True(await Machine.Scheduler.WaitUntil(
            () => !new DmaEngineCommandStatus(Engine.Registers.Read64(DmaEngineRegisters.CommandStatus)).IsActive, Patience));
    }

    /// <summary>Responds to each group when it is complete, and maps the requested pages first.</summary>
    public void AnswerPageRequests(int code = 0)
    {
        Unit.OnPageRequest = request =>
        {
            if (request.IsStopMarker)
                return;
            if (code == 0)
                MapPage(request.Prefix.IsPresent ? request.Prefix.Pasid : null, request.Address);
            if (request.IsLast)
                Unit.Downstream.Send(new PageGroupResponseMessage(request.Requester, request.GroupIndex, code, request.Prefix));
        };
    }

    public void Invalidate(int tag, ulong address) => Invalidate(tag, address, Pasid);

    public void Invalidate(int tag, ulong address, Pasid? pasid) => Unit.Downstream.Send(
        new InvalidateRequestMessage(Engine0, tag, address, pasid is { } number ? new PasidPrefix(number) : default));

    /// <summary>Returns a copy that waits for absent pages.</summary>
    public static DmaDescriptor Blocking(int length) => Copy(length) with { Flags = DmaDescriptorFlags.BlockOnFault };

    public static DmaDescriptor Copy(int length) => new()
    {
        Operation = DmaOperation.Copy,
        Source = Source,
        Destination = Destination,
        Length = (uint)length,
    };
}
