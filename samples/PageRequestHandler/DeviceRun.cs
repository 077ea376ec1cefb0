using IoAsid.Typed;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace PageRequestHandler;

/// <summary>A machine with one engine: a queue of it works for a process, another one in an auxiliary domain.</summary>
internal sealed class DeviceRun : IDisposable
{
    public const ulong EditorPage = 0x7F00_0080_0000;
    public const ulong StrayPage = 0xDEAD_0000;

    private const ulong HostPages = 0x10_0000;
    private const ulong EditorRecord = 0x7F00_0090_0000;
    private const ulong DomainRecord = 0x10_0000;

    private readonly SampleMachine _machine;
    private readonly Pasids _pasids;
    private readonly UnitDriver _driver;
    private readonly Client _editor;
    private readonly Client _domain;

    public DeviceRun(ulong seed, Pasids pasids)
    {
        _machine = new SampleMachine(seed, new DmaEngineOptions());
        _pasids = pasids;
        EmulatedMachine machine = _machine.Hardware;
        TablePages pages = new(machine.PhysicalMemory, HostPages);
        PasidTables tables = new(pages, _machine.Engines[0].RequesterId);
        _driver = new UnitDriver(machine.Units[0].Registers, pages, machine.Scheduler);
        _editor = Connect(queue: 0, PageTables.FirstStage(pages), tables, EditorRecord, pasids.AddProcess);
        _domain = Connect(queue: 1, PageTables.FirstStage(pages), tables, DomainRecord, pasids.AddDomain);
        _driver.Start(tables.Root);
    }

    public RawIoAsid EditorPasid => _editor.Pasid;

    public RawIoAsid DomainPasid => _domain.Pasid;

    public bool DomainMapsStrayPage => _domain.Tables.EntryOf(StrayPage) != 0;

    public (PageResponse Response, DmaStatus Status) FillForEditor() => Fill(_editor, EditorPage);

    public (PageResponse Response, DmaStatus Status) FillOutsideDomain() => Fill(_domain, StrayPage);

    public void Dispose() => _machine.Dispose();

    private (PageResponse Response, DmaStatus Status) Fill(Client client, ulong address) => _machine.Hardware.Run(async () =>
    {
        client.Queue.Post(new DmaDescriptor
        {
            Operation = DmaOperation.Fill,
            Flags = DmaDescriptorFlags.BlockOnFault,
            Destination = address,
            Length = sizeof(ulong),
            Operand = 0xDEAD,
        });
        PageRequestDescriptor request = await _driver.ReadPageRequestAsync();
        PageResponse response = _pasids.Serve(PasidOf(request), request.Address);
        await _driver.RespondAsync(request, response);
        return (response, (await client.Queue.CompleteAsync()).Status);
    });

    private Client Connect(int queue, PageTables tables, PasidTables pasidTables, ulong record, Func<PageTables, RawIoAsid> add)
    {
        RawIoAsid pasid = add(tables);
        pasidTables.Write(new Pasid(pasid.Value), domainId: new DomainId(1), tables);
        ulong recordPage = tables.MapNewPage(record);
        return new Client(pasid, tables, new EngineQueue(_machine.Hardware, _machine.Engines[0], queue, new Pasid(pasid.Value), record, recordPage));
    }

    [HardwareBoundary]
    private static RawIoAsid PasidOf(PageRequestDescriptor request) => new(request.Pasid.Value);

    private sealed record Client(RawIoAsid Pasid, PageTables Tables, EngineQueue Queue);
}
