using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace PageWalk;

/// <summary>A device at work: it requests an absent page and receives it. Software then removes the page, and a later request is refused.</summary>
internal sealed class DeviceRun(SampleMachine machine, Transcript transcript)
{
    private const ulong Target = 0x7F00_0080_0000;
    private const ulong Record = 0x7F00_0090_0000;

    private EngineQueue _queue = null!;

    /// <summary>Runs the device, and saves the run as a trace if a stream is given.</summary>
    public void Play(Stream? trace)
    {
        transcript.Step("A device at work, with a device TLB and page requests.");
        Prepare();
        using ChromeTrace? recording = trace is null ? null : ChromeTrace.Of(trace, machine.Machine);
        machine.Machine.Run(async () =>
        {
            recording?.Mark("the engine fills an absent page");
            Post(DmaDescriptorFlags.BlockOnFault);
            await ServePageRequestAsync();
            await ReportAsync();

            recording?.Mark("the page is removed");
            await TakeAwayAsync();
            Post(DmaDescriptorFlags.None);
            await ReportAsync();
        });
    }

    private void Prepare()
    {
        ulong recordPage = machine.TakePage();
        machine.Process.Map(Record, recordPage);
        _queue = new EngineQueue(machine.Machine, machine.Engine, queue: 0, SampleMachine.ProcessPasid, Record, recordPage);
    }

    private void Post(DmaDescriptorFlags flags) => _queue.Post(new DmaDescriptor
    {
        Operation = DmaOperation.Fill,
        Flags = flags,
        Destination = Target,
        Length = 64,
        Operand = 0x0123_4567_89AB_CDEF,
    });

    private async Task ServePageRequestAsync()
    {
        PageRequestDescriptor request = await machine.Driver.ReadPageRequestAsync();
        transcript.Happened($"page request: PASID 0x{request.Pasid:X} requests 0x{request.Address:X}, group {request.GroupIndex}");
        machine.Process.Map(request.Address, machine.TakePage());
        await machine.Driver.RespondAsync(request, PageResponse.Success);
        transcript.Happened("software maps a page and responds: success");
    }

    private async Task TakeAwayAsync()
    {
        machine.Process[Target] = 0;
        await machine.Driver.SubmitAsync(
            new PasidIotlbInvalidation
            {
                Granularity = PasidIotlbGranularity.Page,
                DomainId = SampleMachine.ProcessDomain,
                Pasid = SampleMachine.ProcessPasid,
                Address = Target,
            }.Bits,
            new PasidDeviceTlbInvalidation { SourceId = new RequesterId(SampleMachine.Device.Value), Pasid = SampleMachine.ProcessPasid, Address = Target }.Bits);
        transcript.Happened("software removes the page from the tables, the IOTLB and the device TLB, in this order");
    }

    private async Task ReportAsync()
    {
        DmaCompletionRecord completion = await _queue.CompleteAsync();
        transcript.Happened($"the engine completes: {completion.Status}{(completion.FaultAddress == 0 ? "" : $" at 0x{completion.FaultAddress:X}")}");
    }
}
