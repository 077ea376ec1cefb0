using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace PageWalk;

/// <summary>A device at work: it asks for a page that is not there, gets it, loses it again, and is refused.</summary>
internal sealed class DeviceRun(SampleMachine machine, Transcript transcript)
{
    private const ulong Target = 0x7F00_0080_0000;
    private const ulong Record = 0x7F00_0090_0000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private ulong _recordPage;

    /// <summary>Lets it happen, and saves it as a trace.</summary>
    public void Play(Stream trace)
    {
        transcript.Step("A device at work, with a device TLB of its own and page requests.");
        Prepare();
        using ChromeTrace recording = ChromeTrace.Of(trace, machine.Machine);
        machine.Machine.Run(async () =>
        {
            recording.Mark("the engine fills a page that is not there");
            Post(DmaDescriptorFlags.BlockOnFault);
            await AnswerPageRequestAsync();
            await ReportAsync();

            recording.Mark("the page is taken away");
            await TakeAwayAsync();
            Post(DmaDescriptorFlags.None);
            await ReportAsync();
        });
    }

    private void Prepare()
    {
        DmaEngine engine = machine.Engine;
        engine.BusMasterEnabled = true;
        engine.Pasid!.Enabled = true;
        engine.Ats!.Enabled = true;
        engine.Pri!.Enabled = true;
        engine.Registers.Write64(
            DmaEngineRegisters.QueueConfiguration(0),
            new DmaQueueConfiguration { IsEnabled = true, PasidEnabled = true, MayBlockOnFault = true, Pasid = SampleMachine.ProcessPasid }.Bits);
        _recordPage = machine.TakePage();
        Map(Record, _recordPage);
    }

    private void Map(ulong address, ulong page) =>
        machine.Process.Map(address, new FirstStageEntry { Present = true, Writable = true, User = true, Address = page }.Bits);

    private void Post(DmaDescriptorFlags flags)
    {
        machine.Machine.Memory.WriteUInt64(_recordPage, 0);
        byte[] command = new byte[DmaDescriptor.Size];
        new DmaDescriptor
        {
            Operation = DmaOperation.Fill,
            Flags = flags | DmaDescriptorFlags.RequestCompletion,
            CompletionRecord = Record,
            Destination = Target,
            Length = 64,
            Operand = 0x0123_4567_89AB_CDEF,
        }.Write(command);
        machine.Engine.Portals[0].Post(command);
    }

    private async Task AnswerPageRequestAsync()
    {
        PageRequestDescriptor request = await machine.Driver.TakePageRequestAsync();
        transcript.Happened($"page request: PASID 0x{request.Pasid:X} wants 0x{request.Address:X}, group {request.GroupIndex}");
        Map(request.Address, machine.TakePage());
        await machine.Driver.SubmitAsync(new PageGroupResponse
        {
            PasidPresent = true,
            Pasid = request.Pasid,
            RequesterId = request.RequesterId,
            GroupIndex = request.GroupIndex,
            ResponseCode = PageRequestResponseCode.Success,
        }.Bits);
        transcript.Happened("software maps a page and answers: success");
    }

    private async Task TakeAwayAsync()
    {
        machine.Process.Map(Target, default);
        await machine.Driver.SubmitAsync(
            new PasidIotlbInvalidation
            {
                Granularity = PasidIotlbGranularity.Page,
                DomainId = SampleMachine.ProcessDomain,
                Pasid = SampleMachine.ProcessPasid,
                Address = Target,
            }.Bits,
            new PasidDeviceTlbInvalidation { SourceId = SampleMachine.Device.Value, Pasid = SampleMachine.ProcessPasid, Address = Target }.Bits);
        transcript.Happened("software takes the page away: out of the tables, the IOTLB, the device TLB, in this order");
    }

    private async Task ReportAsync()
    {
        if (!await machine.Machine.Scheduler.WaitUntil(() => (byte)machine.Machine.Memory.ReadUInt64(_recordPage) != 0, Patience))
            throw new TimeoutException("The engine did not complete.");
        byte[] record = new byte[DmaCompletionRecord.Size];
        machine.Machine.Memory.Read(_recordPage, record);
        DmaCompletionRecord completion = DmaCompletionRecord.Read(record);
        transcript.Happened($"the engine completes: {completion.Status}{(completion.FaultAddress == 0 ? "" : $" at 0x{completion.FaultAddress:X}")}");
    }
}
